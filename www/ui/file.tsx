//! Choosing files by a button, or a folder of them, and dropping them.

import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';

/** A button that opens the browser's choice of a file, of several, or of a folder. */
export function FileButton({
  accept,
  kind,
  disabled = false,
  multiple = false,
  folder = false,
  describedBy,
  take,
  children,
}: {
  /** Endings and types, as `accept` of an input has them. */
  accept: string;
  kind: 'primary' | 'secondary' | 'link';
  /** It stays reachable, and does nothing. */
  disabled?: boolean;
  multiple?: boolean;
  /** All files of a folder, and of those in it. */
  folder?: boolean;
  /** The id of what explains it. */
  describedBy?: string;
  take(file: File, ...others: File[]): void;
  children: ComponentChildren;
}) {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={chooser}
        type="file"
        hidden
        accept={accept}
        multiple={multiple}
        {...(folder && { webkitdirectory: true })}
        onChange={event => {
          const [file, ...others] = Array.from(event.currentTarget.files ?? []).filter(isMeant);
          if (file) take(file, ...others);
          // The same file may be chosen again.
          event.currentTarget.value = '';
        }}
      />
      <button
        type="button"
        class={kind}
        aria-disabled={disabled}
        aria-describedby={describedBy}
        onClick={() => !disabled && chooser.current?.click()}
      >
        {children}
      </button>
    </>
  );
}

/** A place to drop files on. It needs a `FileButton` inside: dropping is a second way. */
export function DropPlace({
  class: name,
  take,
  unread,
  children,
}: {
  class: string;
  /** What was dropped: at least one file; those of a folder too. */
  take(files: readonly File[]): void;
  /** A folder was dropped of which the browser gives no file: of a page that was opened from disk, Chromium never does. */
  unread?(): void;
  children: ComponentChildren;
}) {
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way, the button is the first
    <div
      class={over ? `${name} over` : name}
      onDragOver={event => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        event.preventDefault();
        setOver(false);
        if (!event.dataTransfer) return;
        const { items, files } = event.dataTransfer;
        // Once the event is over nothing of this can be asked for any more.
        const plain = Array.from(files);
        const entries = Array.from(items, item => item.webkitGetAsEntry()).filter(entry => entry !== null);
        if (entries.some(entry => entry.isDirectory)) {
          void filesUnder(entries).then(found => (found.length > 0 ? take(found) : unread?.()));
        } else if (plain.length > 0) take(plain);
      }}
    >
      {children}
    </div>
  );
}

/** A file's name, with the folders that it was chosen or dropped in. */
export function pathOf(file: File): string {
  return paths.get(file) || file.webkitRelativePath || file.name;
}

/** Where files of dropped folders lay: only those that were chosen know it themselves. */
const paths = new WeakMap<File, string>();

/** The files of dropped folders and beside them. What can't be read is left to whoever reads it. */
async function filesUnder(entries: readonly FileSystemEntry[]): Promise<File[]> {
  const found: File[] = [];
  const left = entries.map(entry => ({ entry, depth: 0 }));
  for (let next = left.shift(); next && found.length < MAX_FOUND; next = left.shift()) {
    const { entry, depth } = next;
    if (entry.isFile) {
      const file = await new Promise<File | undefined>(resolve =>
        (entry as FileSystemFileEntry).file(resolve, () => resolve(undefined)),
      );
      if (!file || !isMeant(file)) continue;
      paths.set(file, entry.fullPath.replace(/^\//, ''));
      found.push(file);
    } else if (depth < MAX_DEPTH) {
      const reader = (entry as FileSystemDirectoryEntry).createReader();
      const some = () => new Promise<FileSystemEntry[]>(resolve => reader.readEntries(resolve, () => resolve([])));
      // It gives a hundred at a time.
      for (let all = await some(); all.length > 0 && left.length < MAX_FOUND; all = await some())
        left.push(...all.map(entry => ({ entry, depth: depth + 1 })));
    }
  }
  return found;
}

/** What systems put into folders is no file of anybody's. */
function isMeant({ name }: File): boolean {
  return !['.DS_Store', 'Thumbs.db', 'desktop.ini'].includes(name);
}

/** Files of dropped folders; more are left out, and whoever takes them says how many it takes. */
const MAX_FOUND = 10_000;
const MAX_DEPTH = 16;
