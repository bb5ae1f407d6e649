import { chmodSync, writeFileSync } from 'node:fs';

/** Where the file system of the image begins: the length of the runtime. */
const length = 4096;

/**
 * Writes what an AppImage of the tests begins with, in place of the runtime of the AppImage project, which is in no
 * package of this system. It does what that one does with `--appimage-extract-and-run` (AppImage specification, type 2,
 * and the runtime's documentation): unpacks the file system behind it into a folder of its own, names image and folder
 * in `APPIMAGE` and `APPDIR`, runs `AppRun`, and removes the folder.
 */
export function writeAppImageRuntime(file: string): void {
  const script = `#!/bin/sh
image=$(readlink -f "$0")
folder=$(mktemp -d "\${TMPDIR:-/tmp}/.appimage-XXXXXX") || exit 127
unsquashfs -quiet -no-progress -no-xattrs -force -offset ${length} -dest "$folder" "$image" >/dev/null || exit 127
APPIMAGE=$image APPDIR=$folder ARGV0=$0 "$folder/AppRun" "$@"
code=$?
rm -rf "$folder"
exit $code
`;
  // the shell reads no further than its exit
  writeFileSync(file, script.padEnd(length - 1, '#').concat('\n'));
  chmodSync(file, 0o755);
}
