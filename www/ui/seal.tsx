//! The product's mark: a seal with 印. The same shapes as `extension/icons/seal.svg`.

/** The mark; decoration, beside the name in words. */
export function Seal() {
  return (
    <svg class="seal" viewBox="0 0 128 128" aria-hidden="true" focusable="false">
      <path class="seal-ground" d="M22 6h84c9 0 16 7 16 16v84c0 9-7 16-16 16H22c-9 0-16-7-16-16V22C6 13 13 6 22 6z" />
      <g fill="none" stroke="#fff" stroke-width="10" stroke-linejoin="round" stroke-linecap="round">
        <path d="M56 27 34 34v58l26-6" />
        <path d="M34 60h24" />
        <path d="M74 34h22v44c0 5-3 7-10 7" />
        <path d="M74 34v68" />
      </g>
    </svg>
  );
}
