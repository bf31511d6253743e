#!/bin/sh
# Makes a fresh clone ready to run: checks the machine, installs what package-lock.json says, builds.
# Says nothing and does nothing when all is done. Two of these side by side take turns: the second
# finds the work of the first. An up-to-date build is not touched, so that it disturbs no running lab.
set -eu
cd "$(dirname "$0")/../.."

stop() {
  echo "$*" >&2
  exit 1
}

command -v node >/dev/null || stop "Node.js is missing: install Node.js 20 or newer (https://nodejs.org)."
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 20 ] || stop "Node.js $(node -v) is too old: install Node.js 20 or newer (https://nodejs.org)."
command -v npm >/dev/null || stop "npm is missing: install it together with Node.js (Debian: apt install npm)."
command -v ip >/dev/null || stop "The command 'ip' is missing: install iproute2 (Debian, Ubuntu: apt install iproute2; Fedora: dnf install iproute)."
for tool in unshare flock; do
  command -v "$tool" >/dev/null || stop "The command '$tool' is missing: install util-linux (apt install util-linux, or dnf install util-linux)."
done

# The lock is on the folder itself: it leaves no file behind and ends with this process.
exec 9<.
flock 9

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "Installing what package-lock.json names (once) …" >&2
  # The npm that runs this: a dependency brings an older one along, which is first in the path here.
  node "${npm_execpath:-$(command -v npm)}" ci --loglevel=error 9<&- >&2
fi

# Folders count too: removing a file changes only its folder.
sources="nodes src test icons package.json package-lock.json tsconfig.json"
# shellcheck disable=SC2086 # a list of words
if [ ! -e dist/.built ] || [ -n "$(find $sources -newer dist/.built | head -n 1)" ]; then
  mkdir -p dist
  : >dist/.building
  npm run -s build 9<&- >&2
  # The mark bears the time when the build began: what was edited meanwhile is built next time.
  mv dist/.building dist/.built
fi
