/** Whether this is the development build, in which the user's own machine counts as a listed portal. */
declare const DEVELOPMENT: boolean;

/** Whether the browser's match patterns can name a port (`manifest.ts`). */
declare const PORTS_IN_PATTERNS: boolean;

/** Version of the extension. */
declare const VERSION: string;
