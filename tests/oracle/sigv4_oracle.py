#!/usr/bin/python3
"""Compares our SigV4 signatures with those of botocore, an independent implementation.

usage: sigv4_oracle.py SIGV4_SIGN

botocore's client builds and signs DynamoDB requests of many operations, without sending them. Its
signer also signs requests with bodies, headers and credentials that the client would not produce.
All requests come from one seeded generator, so every run is the same.
"""
import datetime
import json
import os
import random
import subprocess
import sys
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.session

CLIENT_CASES = 300
SIGNER_CASES = 900
REGIONS = ["us-east-1", "ca-central-1", "eu-west-3", "ap-southeast-2", "sa-east-1", "us-gov-west-1"]
DYNAMODB_TIME = "%Y%m%dT%H%M%SZ"

generator = random.Random(20261122)
now = None  # the current time for botocore


class Clock(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return now

    @classmethod
    def now(cls, tz=None):
        return now.replace(tzinfo=tz)


class ClockModule:
    """Replaces the datetime module in botocore.auth."""

    datetime = Clock

    def __getattr__(self, name):
        return getattr(datetime, name)


botocore.auth.datetime = ClockModule()


def any_time():
    return datetime.datetime(1971, 1, 1) + datetime.timedelta(
        seconds=generator.randrange(100 * 365 * 86400)
    )


def text(length, kinds=("ascii", "latin", "wide", "emoji", "odd")):
    alphabets = {
        "ascii": "abcXYZ019 -_.~!*'();:@&=+$,/?#[]%<>{}|^`",
        "latin": "éàüßñøÅ¿",
        "wide": "日本語한국어العربية",
        "emoji": "😀🎉🧵👩‍🚀",
        "odd": "\u0000\u0001\n\t\r\"\\\u007f\u2028\ufeff",
    }
    return "".join(generator.choice(alphabets[generator.choice(kinds)]) for _ in range(length))


def any_credentials():
    secret = generator.choice(
        [
            "".join(generator.choice("abcXYZ019+/") for _ in range(40)),
            "".join(generator.choice("+/=%& \t\"'\\") for _ in range(generator.randrange(1, 100))),
            "s",
            "k" * 252,
        ]
    )
    token = generator.choice(
        [None, "".join(generator.choice("abcXYZ019+/=") for _ in range(generator.randrange(1, 3000)))]
    )
    key_id = "AKIA" + "".join(generator.choice("ABCXYZ234567") for _ in range(16))
    return botocore.credentials.Credentials(key_id, secret, token)


def signed_by(request, authorization, body, region, service, credentials):
    """The input line for our signer that must give the same signature."""
    url = urllib.parse.urlsplit(request.url)
    signed = authorization.split("SignedHeaders=")[1].split(",")[0].split(";")
    headers = {}
    for name, value in request.headers.items():
        value = value.decode() if isinstance(value, bytes) else value
        headers.setdefault(name.lower(), []).append(value)
    headers.setdefault("host", [url.netloc])
    pairs = [[name, value] for name in signed for value in headers[name]]
    generator.shuffle(pairs)
    return {
        "method": request.method,
        "path": url.path or "/",
        "query": "",
        "headers": pairs,
        "body": body.decode(),
        "region": region,
        "service": service,
        "time": now.strftime(DYNAMODB_TIME),
        "access_key_id": credentials.access_key,
        "secret_access_key": credentials.secret_key,
    }


def any_value():
    return generator.choice(
        [
            lambda: {"S": text(generator.randrange(60))},
            lambda: {"N": str(generator.randrange(-(10**12), 10**12))},
            lambda: {"BOOL": generator.random() < 0.5},
            lambda: {"NULL": True},
            lambda: {"B": text(9).encode()},
            lambda: {"M": {text(5): {"S": text(5)}}},
            lambda: {"SS": [text(3) + str(i) for i in range(3)]},
        ]
    )()


def any_item():
    return {"pk": {"S": text(12)}, "sk": {"S": "2026"}, **{
        f"a{i}": any_value() for i in range(generator.randrange(6))
    }}


def any_operation():
    """A method of the client and its arguments."""
    table = generator.choice(["cruddur-messages", "t_1.x-y"])
    key = {"pk": {"S": text(12)}, "sk": {"S": text(8)}}
    large = {"pk": {"S": "k"}, "sk": {"S": "s"}, "message": {"S": text(generator.randrange(50000))}}
    put = {"Put": {"TableName": table, "Item": any_item(),
                   "ConditionExpression": "attribute_not_exists(pk)"}}
    return generator.choice(
        [
            lambda: ("get_item", {"TableName": table, "Key": key, "ConsistentRead": True}),
            lambda: ("put_item", {"TableName": table, "Item": any_item()}),
            lambda: ("put_item", {"TableName": table, "Item": large}),
            lambda: ("delete_item", {"TableName": table, "Key": key}),
            lambda: ("update_item", {"TableName": table, "Key": key,
                                     "UpdateExpression": "SET #a = :a",
                                     "ExpressionAttributeNames": {"#a": "message"},
                                     "ExpressionAttributeValues": {":a": any_value()}}),
            lambda: ("query", {"TableName": table, "KeyConditionExpression": "pk = :pk",
                               "ExpressionAttributeValues": {":pk": {"S": text(20)}},
                               "ScanIndexForward": False, "Limit": generator.randrange(1, 100)}),
            lambda: ("scan", {"TableName": table}),
            lambda: ("batch_write_item", {"RequestItems": {
                table: [{"PutRequest": {"Item": any_item()}}
                        for _ in range(generator.randrange(1, 26))]}}),
            lambda: ("batch_get_item", {"RequestItems": {table: {"Keys": [key]}}}),
            lambda: ("transact_write_items", {"TransactItems": [put] * generator.randrange(1, 6),
                                              "ClientRequestToken": text(20, ("ascii",))}),
            lambda: ("transact_get_items", {"TransactItems": [
                {"Get": {"TableName": table, "Key": key}}]}),
            lambda: ("list_tables", {}),
            lambda: ("describe_table", {"TableName": table}),
            lambda: ("describe_time_to_live", {"TableName": table}),
        ]
    )()


def client_case(session):
    """A request as botocore's client sends it."""
    global now
    now = any_time()
    region = generator.choice(REGIONS)
    credentials = any_credentials()
    endpoint = generator.choice([None, "http://127.0.0.1:8000", "https://dynamodb.example.com:8443"])
    client = session.create_client(
        "dynamodb", region_name=region, endpoint_url=endpoint,
        aws_access_key_id=credentials.access_key, aws_secret_access_key=credentials.secret_key,
        aws_session_token=credentials.token,
    )
    sent = []

    def keep(request, **_):
        sent.append(request)
        return botocore.awsrequest.AWSResponse(request.url, 200, {}, Raw())

    client.meta.events.register("before-send.dynamodb.*", keep)
    method, arguments = any_operation()
    getattr(client, method)(**arguments)
    request = sent[0]
    authorization = request.headers["Authorization"]
    if isinstance(authorization, bytes):
        authorization = authorization.decode()
    body = request.body if isinstance(request.body, bytes) else request.body.encode()
    return method, authorization, signed_by(
        request, authorization, body, region, "dynamodb", credentials)


class Raw:
    """An answer without a body."""

    def stream(self, *_, **__):
        yield b"{}"

    def read(self, *_, **__):
        return b"{}"


def signer_case():
    """A request that botocore's client would not produce, signed by its signer."""
    global now
    now = any_time()
    region = generator.choice(REGIONS + ["xx-" + "y" * 40 + "-1"])
    service = generator.choice(["dynamodb", "cognito-idp", "sts"])
    credentials = any_credentials()
    body = text(generator.choice([0, 1, 50, 5000, 60000])).encode()
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "DynamoDB_20120810." + generator.choice(["Query", "PutItem"]),
    }
    for _ in range(generator.randrange(5)):
        name = "X-" + "".join(generator.choice("aBc-Z09") for _ in range(generator.randrange(1, 9)))
        value = " ".join(text(3, ("ascii",)) for _ in range(generator.randrange(4)))
        if name.lower() not in [known.lower() for known in headers]:
            headers[name] = generator.choice(["", "  "]) + value + generator.choice(["", "   "])
    request = botocore.awsrequest.AWSRequest(
        method=generator.choice(["POST", "GET", "PUT"]),
        url=f"https://{service}.{region}.amazonaws.com{generator.choice(['', ':8443'])}/",
        headers=headers, data=body,
    )
    botocore.auth.SigV4Auth(credentials, service, region).add_auth(request)
    authorization = request.headers["Authorization"]
    return "signer", authorization, signed_by(
        request, authorization, body, region, service, credentials)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    # Ignore this machine's AWS configuration.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    session = botocore.session.Session()
    cases = [client_case(session) for _ in range(CLIENT_CASES)]
    cases += [signer_case() for _ in range(SIGNER_CASES)]

    lines = "".join(json.dumps(line) + "\n" for _, _, line in cases)
    ours = subprocess.run([sys.argv[1]], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    answers = ours.stdout.decode().splitlines()
    failed = abs(len(cases) - len(answers))
    for (name, want, line), got in zip(cases, answers):
        if got != want:
            failed += 1
            if failed <= 3:
                line["body"] = line["body"][:200]
                print(f"{name}\n--- got\n{got}\n--- want\n{want}\n--- of\n{json.dumps(line)}")
    print(f"sigv4 oracle: {len(cases)} cases, {failed} failed")
    sys.exit(failed > 0 or not cases)


main()
