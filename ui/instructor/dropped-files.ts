/** The attempts among what was chosen or dropped: files, and of folders every `.attempt.json` in them, at any depth. */
import type { NamedFile } from '../stores/grading.svelte.ts';

const SUFFIX = '.attempt.json';

/** Of an input: a folder's attempts, or the very files that were chosen. */
export function chosenFiles(list: FileList): NamedFile[] {
  return [...list]
    .filter((file) => file.webkitRelativePath === '' || file.name.endsWith(SUFFIX))
    .map((file) => ({ name: file.webkitRelativePath || file.name, content: file }));
}

/** Of a drop. The entries have to be asked for before anything is awaited: the list is empty afterwards. */
export async function droppedFiles({ items }: DataTransfer): Promise<NamedFile[]> {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const found = await Promise.all(entries.map((entry) => filesOf(entry, true)));
  return found.flat();
}

async function filesOf(entry: FileSystemEntry, isNamed: boolean): Promise<NamedFile[]> {
  if (entry.isFile) {
    if (!isNamed && !entry.name.endsWith(SUFFIX)) return [];
    const content = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ name: entry.fullPath.replace(/^\//, ''), content }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: NamedFile[] = [];
  // A reader gives its folder in parts, and an empty one at the end.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return found;
    found.push(...(await Promise.all(part.map((one) => filesOf(one, false)))).flat());
  }
}
