#!/bin/sh
# sh test/package/install.sh DIR: packs this checkout and installs the package as a user would, for the checks beside this file:
#   DIR/package.tgz            the packed package
#   DIR/node20-red4.1/runtime  that Node.js and that Node-RED
#   DIR/node20-red4.1/user     a Node-RED user directory with the package in it
#   DIR/scorecard              what node-red-dev says of the package: card.json and log
# Needs the network and a built checkout (npm run build); writes nothing outside DIR.
set -eu
mkdir -p "$1"
dir=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."

npm pack --silent --pack-destination "$dir" >/dev/null
mv "$dir"/*.tgz "$dir/package.tgz"

install_pair() {
  pair="$dir/node$1-red$2"
  mkdir -p "$pair/runtime" "$pair/user"
  echo '{"private": true}' >"$pair/runtime/package.json"
  echo '{"private": true}' >"$pair/user/package.json"
  npm install --silent --no-audit --prefix "$pair/runtime" "node@$1" "node-red@$2"
  # From here on npm itself runs on that Node.js too, and with it the install scripts of our dependencies.
  PATH="$pair/runtime/node_modules/.bin:$PATH" npm install --silent --no-audit --prefix "$pair/user" "$dir/package.tgz"
}

install_pair 20 4.1
install_pair 24 5

# The scorecard of Node-RED's own tool. It asks npm for versions and Node-RED's catalogue for names, if it can.
scorecard() {
  card="$dir/scorecard"
  mkdir -p "$card/tool"
  echo '{"private": true}' >"$card/tool/package.json"
  npm install --silent --no-audit --ignore-scripts --prefix "$card/tool" node-red-dev@0.1.6
  # Not below the tool, whose own packages it would take for ours.
  tar -xzf "$dir/package.tgz" -C "$card"
  node --require ./dist/test/package/catalogue.js "$card/tool/node_modules/node-red-dev/bin/run" \
    validate --path "$card/package" --output "$card/card.json" </dev/null >"$card/log" 2>&1 || {
    cat "$card/log" >&2
    return 1
  }
}

scorecard
