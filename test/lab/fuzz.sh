#!/bin/sh
# Runs the random tests again and again, each time with another seed, until one fails. `npm run fuzz -- 20` runs them 20 times.
set -eu
rounds=${1:-0}
n=0
while [ "$rounds" -eq 0 ] || [ "$n" -lt "$rounds" ]; do
  n=$((n + 1))
  SEED=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
  export SEED
  echo "Round $n: SEED=$SEED"
  node dist/test/lab/run.js mocha --forbid-only --grep seed 'dist/test/**/*.test.js' || exit 1
done
