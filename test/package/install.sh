#!/bin/sh
# sh test/package/install.sh DIR: packs this checkout and installs the package as a user would, for the checks beside this file:
#   DIR/package.tgz                    the packed package
#   DIR/node20.20.2-red4.1.15/runtime  that Node.js and that Node-RED
#   DIR/node20.20.2-red4.1.15/user     a Node-RED user directory with the package in it
#   DIR/scorecard                      what node-red-dev says of the package: card.json and log
# Needs the network and a built checkout (npm run build); writes nothing outside DIR. May be run again where it has failed.
set -eu
mkdir -p "$1"
dir=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."

rm -f "$dir"/*.tgz
npm pack --silent --pack-destination "$dir" >/dev/null
mv "$dir"/*.tgz "$dir/package.tgz"

# add FOLDER PACKAGE…: into its node_modules. Says only what goes wrong.
add() {
  folder=$1
  shift
  npm install --loglevel=error --no-audit --no-fund --prefix "$folder" "$@" >/dev/null
}

install_pair() {
  pair="$dir/node$1-red$2"
  mkdir -p "$pair/runtime" "$pair/user"
  echo '{"private": true}' >"$pair/runtime/package.json"
  echo '{"private": true}' >"$pair/user/package.json"
  add "$pair/runtime" "node@$1" "node-red@$2"
  # From here on npm itself runs on that Node.js too, and with it the install scripts of our dependencies.
  (
    PATH="$pair/runtime/node_modules/.bin:$PATH"
    add "$pair/user" "$dir/package.tgz"
  )
}

# These and no newer ones, so that a commit passes or fails for good. When there are: put them here, and see what breaks.
install_pair 20.20.2 4.1.15
install_pair 24.21.0 5.0.7

# The scorecard of Node-RED's own tool. It asks npm for versions and Node-RED's catalogue for names, if it can.
scorecard() {
  card="$dir/scorecard"
  mkdir -p "$card/tool"
  echo '{"private": true}' >"$card/tool/package.json"
  add "$card/tool" --ignore-scripts node-red-dev@0.1.6
  # Not below the tool, whose own packages it would take for ours.
  tar -xzf "$dir/package.tgz" -C "$card"
  node --require ./dist/test/package/catalogue.js "$card/tool/node_modules/node-red-dev/bin/run" \
    validate --path "$card/package" --output "$card/card.json" </dev/null >"$card/log" 2>&1 || {
    cat "$card/log" >&2
    return 1
  }
}

scorecard
