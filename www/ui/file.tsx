//! Choosing a file by a button, and dropping one.

import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';

/** A button that opens the browser's choice of a file, or of several. */
export function FileButton({
  accept,
  kind,
  disabled = false,
  multiple = false,
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
        onChange={event => {
          const [file, ...others] = event.currentTarget.files ?? [];
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
  children,
}: {
  class: string;
  /** What was dropped: at least one. */
  take(files: FileList): void;
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
        const files = event.dataTransfer?.files;
        if (files && files.length > 0) take(files);
      }}
    >
      {children}
    </div>
  );
}
