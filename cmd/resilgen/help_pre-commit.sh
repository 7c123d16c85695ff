#!/bin/sh
# A git hook that keeps a commit from leaving generated wrappers behind. Install it with
#
#     go tool resilgen help pre-commit > .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit
#
# It looks at what is about to be committed, not at what lies in the working tree: a wrapper that
# was generated but not added is missing, too. A commit without Go costs nothing.
set -eu

git diff --cached --name-only --no-renames | grep -qE '(\.go|(^|/)go\.(mod|sum|work))$' || exit 0

staged=$(mktemp -d)
trap 'rm -rf "$staged"' EXIT
git checkout-index --all --prefix="$staged/"
unset $(git rev-parse --local-env-vars)

cd "$staged" # and on to the module, if it is not at the root
if ! go tool resilgen check ./...; then
	echo "pre-commit: run go generate ./... and add the files, or commit with --no-verify" >&2
	exit 1
fi
