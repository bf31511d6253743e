#!/bin/sh
# sh test/package/install.sh DIR: packs this checkout and installs the package as a user would, for tarball.check.ts:
#   DIR/package.tgz            the packed package
#   DIR/node20-red4.1/runtime  that Node.js and that Node-RED
#   DIR/node20-red4.1/user     a Node-RED user directory with the package in it
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
