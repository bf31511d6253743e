#!/bin/sh
# Second half of the build. Puts the editor halves, locales and icons beside the compiled nodes (Node-RED looks nowhere
# else), compiles the sidebar and the forms for the browser into resources/ (Node-RED serves nothing else to it), and removes compiled
# files whose source is gone, so that mocha never runs a test that no longer exists. Writes only what differs.
set -eu
cd "$(dirname "$0")/../.."

fail() {
  echo "assets.sh: $*" >&2
  exit 1
}

# copy FROM TO: through a temporary name, so that nobody ever reads half a file.
copy() {
  cmp -s "$1" "$2" && return
  mkdir -p "$(dirname "$2")"
  cp "$1" "$2.new"
  mv "$2.new" "$2"
}

for node in nodes/mfc-*.ts; do
  html="${node%.ts}.html"
  [ -e "$html" ] || fail "$html is missing: every node needs its editor half."
done
[ -d nodes/locales/en-US ] || fail "nodes/locales/en-US is missing."
[ -n "$(ls icons)" ] || fail "icons/ is empty."

for file in nodes/*.html; do copy "$file" "dist/$file"; done
find nodes/locales -type f | while read -r file; do copy "$file" "dist/$file"; done
for file in icons/*; do copy "$file" "dist/nodes/$file"; done

for part in sidebar forms; do
  node_modules/.bin/tsc -p "nodes/$part" --outDir "resources/.$part"
  for file in "resources/.$part"/*.js; do copy "$file" "resources/$part/${file##*/}"; done
  rm -r "resources/.$part"
done
copy nodes/sidebar/sidebar.css resources/sidebar/sidebar.css
for file in resources/*/*; do
  source="nodes/${file#resources/}"
  [ -e "${source%.js}.ts" ] || [ -e "$source" ] || rm "$file"
done

find dist -name '*.js' | while read -r file; do
  source="${file#dist/}"
  [ -e "${source%.js}.ts" ] || rm "$file"
done
for file in $(cd dist && find nodes -name '*.html' -o -path 'nodes/locales/*' -type f); do
  [ -e "$file" ] || rm "dist/$file"
done
for file in $(cd dist/nodes && find icons -type f); do
  [ -e "$file" ] || rm "dist/nodes/$file"
done
