// processes.mjs - processor time and memory of processes, from /proc.
import fs from 'node:fs';

import { sleep } from '../../api/harness/client.mjs';

const TICK_NS = 10_000_000; // of /proc/PID/stat, whatever the kernel's timer frequency

const fieldsOf = (pid) => {
  const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
};

// A process and all its running descendants.
export function family(pid) {
  const children = fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => {
      try {
        return fieldsOf(other)[1] === String(pid);
      } catch {
        return false; // it has exited since readdir
      }
    });
  return [pid, ...children.flatMap(family)];
}

// User and system time so far, in nanoseconds: exact for a single thread, otherwise in ticks.
// Undefined if the process has exited.
function timeOf(pid) {
  try {
    if (fs.readdirSync(`/proc/${pid}/task`).length === 1)
      return Number(fs.readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]);
    const fields = fieldsOf(pid);
    return (Number(fields[11]) + Number(fields[12])) * TICK_NS;
  } catch {
    return undefined;
  }
}

const timesOf = (pids) => new Map(pids.map((pid) => [pid, timeOf(pid)]));

// Start to measure. groups: lists of process ids by name. Returns a function that returns the time
// in nanoseconds that each group has used since, without processes that have exited.
export function watch(groups) {
  const begun = Object.entries(groups).map(([name, pids]) => [name, timesOf(pids)]);
  return () =>
    Object.fromEntries(
      begun.map(([name, before]) => {
        let used = 0;
        for (const [pid, time] of timesOf([...before.keys()]))
          if (time !== undefined) used += time - before.get(pid);
        return [name, used];
      }),
    );
}

// Wait until these processes are idle: none of them has used any time for a while. At most 20 s.
export async function idle(pids) {
  let before = -1;
  let still = 0;
  for (let tries = 0; tries < 400 && still < 4; tries++) {
    const now = pids.reduce((sum, pid) => sum + (timeOf(pid) ?? 0), 0);
    still = now === before ? still + 1 : 0;
    before = now;
    await sleep(50);
  }
}

// The memory of a process in KiB, with shared pages divided by their users (proportional set size).
export function pss(pid) {
  const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)[1]);
}
