//! The browsers' patterns for origins, in the manifest as while it runs.

/** The pattern for an origin, or for all ports of its host where the browser knows no narrower one. */
export function patternOf(origin: string, namesPorts: boolean): string {
  const { protocol, host, hostname } = new URL(origin);
  return `${protocol}//${namesPorts ? host : hostname}/*`;
}
