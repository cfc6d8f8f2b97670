"""Offers bad tokens, and expects each to be refused with 401 before the upgrade.

    python refused.py ws://127.0.0.1:8080/telemetry < tokens

One token a line, in the header `Authorization`; an empty line offers none.
"""

import json
import sys

import websockets
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

CLIENT = f"websockets/{websockets.__version__}"


def offer(url, token):
    """What the server answers: a status, and the code in its body."""
    headers = {"Authorization": "Bearer " + token} if token else {}
    try:
        connect(url, subprotocols=["telemetry.v1"], additional_headers=headers, proxy=None, open_timeout=10).close()
        return "was accepted"
    except InvalidStatus as refusal:
        response = refusal.response
        code = json.loads(response.body)["code"]
        return f"{response.status_code} {code} {response.headers.get('WWW-Authenticate')}"
    except Exception as failure:
        return f"{type(failure).__name__}: {failure}"


def main():
    url = sys.argv[1]
    tokens = sys.stdin.read().splitlines()
    for line, token in enumerate(tokens, 1):
        answer = offer(url, token)
        if answer != "401 UNAUTHENTICATED Bearer":
            # By its number: a token does not belong into a log, not even a bad one.
            print(f"FAILED {CLIENT} token {line}: {answer}")
            return 1
    print(f"ok {CLIENT} refused={len(tokens)}")
    return 0 if tokens else 1


if __name__ == "__main__":
    sys.exit(main())
