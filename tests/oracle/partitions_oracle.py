"""Compares a table of partitions (bin/partitions) with botocore's: partitions_oracle.py TABLE

Every region that botocore knows must get its partition and the suffix of its endpoints. Debian's botocore
does not know the newest partitions; those of the table that it does not know are counted as not compared.
"""
import json
import os
import sys

import botocore

WANTED = {"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        table = [line.split() for line in file if not line.startswith("#")]
    with open(os.path.join(os.path.dirname(botocore.__file__), "data/endpoints.json"),
              encoding="utf-8") as file:
        known = json.load(file)["partitions"]

    names = [name for _, _, name in table]
    failed = 0
    if set(names) != WANTED or len(names) != len(WANTED) or names[-1] != "aws":
        print(f"{sys.argv[1]} has the partitions {names}, and not {WANTED}")
        failed += 1
    cases = 0
    for partition in known:
        want = (partition["dnsSuffix"], partition["partition"])
        for region in partition["regions"]:
            cases += 1
            got = next(((suffix, name) for beginning, suffix, name in table
                        if beginning == "*" or region.startswith(beginning)), None)
            if got != want:
                print(f"{region}: {got}, and not {want}")
                failed += 1
    unknown = len(set(names) - {partition["partition"] for partition in known})
    print(f"partitions oracle: {cases} regions, {failed} failed, {unknown} partitions not compared")
    sys.exit(failed > 0 or not cases)


main()
