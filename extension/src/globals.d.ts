/** Whether this is the development build, in which the user's own machine counts as a listed portal. */
declare const DEVELOPMENT: boolean;

/** Version of the extension. */
declare const VERSION: string;
