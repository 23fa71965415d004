//! Standard Base64 with padding, the wire's form of bytes.

/** Encodes a Blob. The browser's own encoder does the work, off the JavaScript heap. */
export function encodeBlob(blob: Blob): Promise<string> {
  if (blob.size === 0) return Promise.resolve('');
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = String(reader.result); // data:…;base64,…
      resolve(url.slice(url.indexOf(',') + 1));
    };
    reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
    reader.readAsDataURL(blob);
  });
}

/** Encodes bytes; for few of them, such as certificates. */
export function encode(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
}

/** Decodes; throws on anything that is not Base64. */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  // Chrome has it since 140; ten times as fast, which counts for documents of hundreds of megabytes.
  const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (fromBase64) return fromBase64.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
