-- load.lua - for wrk: repeats the request in a file and prints the result as one line of JSON.
-- Run as: wrk -t1 … -s load.lua URL -- REQUEST RUN [VALUES]
-- REQUEST: a file with a whole HTTP request. Its placeholders get a new value in every request:
-- {id} a version 7 UUID, {digest} a SHA-256, {time} a time later than the last one, {1} and {2} the
-- columns of the next line of the file VALUES, which is read in a circle.
-- RUN: eight hexadecimal digits, unique for each run.
-- One thread only: each thread would start with the first line of VALUES.

sent = -1 -- wrk calls request() once without sending the result; read by done()
local parts, values, run = {}, {}, nil
local epoch, second, day = 0, 0, ""

local function read(name)
	local file = assert(io.open(name, "rb"))
	local text = file:read("*a")
	file:close()
	return text
end

-- A time that is a microsecond later than the last one.
local function time()
	local s = epoch + math.floor(sent / 1000000)
	if s ~= second then
		second, day = s, os.date("!%Y-%m-%dT%H:%M:%S", s)
	end
	return string.format("%s.%06d+00:00", day, sent % 1000000)
end

local function write(name)
	if name == "id" then
		return string.format("%s-%04x-7000-8000-%012x", run, #parts, sent + 1)
	elseif name == "digest" then
		return string.format("%s%056x", run, sent + 1)
	elseif name == "time" then
		return time()
	end
	return values[(sent + 1) % #values + 1][tonumber(name)]
end

function setup(of)
	thread = of
end

function init(arguments)
	local at = 1
	local text = read(arguments[1])
	run = arguments[2]
	epoch = os.time()
	if arguments[3] then
		for one, two in read(arguments[3]):gmatch("(%S+) (%S+)") do
			values[#values + 1] = { one, two }
		end
	end
	-- odd elements of the list: constant text; even ones: names of placeholders
	for from, name, to in text:gmatch("(){([%w]+)}()") do
		parts[#parts + 1] = text:sub(at, from - 1)
		parts[#parts + 1] = name
		at = to
	end
	parts[#parts + 1] = text:sub(at)
end

function request()
	sent = sent + 1
	if #parts == 1 then
		return parts[1]
	end
	local whole = {}
	for i, part in ipairs(parts) do
		whole[i] = i % 2 == 1 and part or write(part)
	end
	return table.concat(whole)
end

function done(summary, latency)
	local errors = summary.errors
	io.write(string.format(
		'{"seconds":%.6f,"answered":%d,"sent":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}\n',
		summary.duration / 1e6, summary.requests, thread:get("sent"), errors.status,
		errors.connect + errors.read + errors.write + errors.timeout,
		latency:percentile(50), latency:percentile(99)))
end
