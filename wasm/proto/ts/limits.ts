// Generated from wasm/proto by `npm run generate`. Change it there.
/* biome-ignore-all lint: generated */

/** Version of the protocol between page, extension and host. */
export const PROTOCOL_VERSION = 1;

/** Documents in one `sign` call. */
export const MAX_DOCUMENTS = 100;

/** Characters (Unicode scalar values) in a document's name. */
export const MAX_NAME_CHARS = 255;

/** Bytes of one document signed detached. */
export const MAX_DETACHED_BYTES = 536870912;

/** Bytes of one document whose content the CMS carries. */
export const MAX_ATTACHED_BYTES = 67108864;

/** Bytes of all documents of one `sign` call together. */
export const MAX_TOTAL_BYTES = 1073741824;

/** Bytes of content in one message between content script and background. */
export const MAX_CHUNK_BYTES = 4194304;

/** Bytes of one native-messaging frame from host to browser (the browser closes the port above). */
export const MAX_FRAME_FROM_HOST_BYTES = 1048576;

/** Bytes of one native-messaging frame from browser to host that the host accepts. */
export const MAX_FRAME_TO_HOST_BYTES = 4194304;

/** Bytes of one certificate read from a token. */
export const MAX_CERTIFICATE_BYTES = 65536;

/** Bytes of an electronic seal. */
export const MAX_SEAL_BYTES = 2097152;

/** Certificates, or their digests, in an electronic seal. */
export const MAX_SEAL_CERTIFICATES = 1000;

/** Characters of what a seal on a document says that it belongs to (`propertyInfo`). */
export const MAX_PROPERTY_INFO_CHARS = 1024;

/** Pages of a document on which a seal is said to be drawn. */
export const MAX_PLACEMENT_PAGE = 100000;

/** Millimetres from the corner of a page at which a seal is said to be drawn: sheets of plans are the largest. */
export const MAX_PLACEMENT_MM = 5000;

/** Bytes of all seals that one listing of a module's tokens tells: they share a frame with the certificates. */
export const MAX_LISTED_SEAL_BYTES = 524288;

/** Data objects of one token that are looked at. */
export const MAX_DATA_OBJECTS = 64;

/** Tokens reported at once. */
export const MAX_TOKENS = 32;

/** Certificates reported for one token. */
export const MAX_CERTIFICATES = 32;

/** Vendors' libraries of which advice is given. */
export const MAX_MODULES = 64;

/** Checks of the doctor of which advice is given. */
export const MAX_CHECKS = 512;

/** Characters of a message that a user pastes to be told what it means; what is longer is cut. */
export const MAX_MESSAGE_CHARS = 2000;

/** Trust anchors that can be added. */
export const MAX_ANCHORS = 64;

/** Items of an order. */
export const MAX_ORDER_ITEMS = 10000;

/** Certificates or seals of one item of an order. */
export const MAX_ORDER_COUNT = 10000;

/** Years of a term in a tariff. */
export const MAX_TERM_YEARS = 10;

/** A price in a tariff, in fen. With it, no possible order or list comes to more than a number of JavaScript holds. */
export const MAX_PRICE_FEN = 1000000;

/** Bytes of a list of orders, as a file. */
export const MAX_LIST_BYTES = 33554432;

/** Bytes of a list of orders, unpacked. */
export const MAX_LIST_UNPACKED_BYTES = 268435456;

/** Rows of a list of orders. */
export const MAX_LIST_ROWS = 20000;

/** Columns of a list of orders. */
export const MAX_LIST_COLUMNS = 64;

/** Characters (Unicode scalar values) of a cell in a list of orders; what is longer is cut. */
export const MAX_CELL_CHARS = 500;

/** Bytes of one part of an OFD that is read whole. */
export const MAX_OFD_PART_BYTES = 33554432;

/** Bytes of all parts of an OFD, unpacked, beyond eight times those of the file. */
export const MAX_OFD_UNPACKED_BYTES = 67108864;

/** Operations that wait for their turn behind an open consent window. */
export const MAX_QUEUE = 16;

/** Those of them that one origin has. */
export const MAX_QUEUE_OF_ORIGIN = 4;

/** Lists and objects inside of each other in a message of page, window, workspace or host. */
export const MAX_MESSAGE_DEPTH = 16;

/** Values in a call of a page; one with the most documents has some 1,200. */
export const MAX_CALL_VALUES = 4096;

/** Characters (UTF-16) of all names and texts in a call of a page; documents' contents come apart. */
export const MAX_CALL_CHARS = 524288;

/** Bytes of the body of a page's call over the bridge. As JSON, in which a character can take six, it fits into a frame. */
export const MAX_BRIDGE_BODY_BYTES = 131072;

/** Bytes of the head of such a call. */
export const MAX_BRIDGE_HEAD_BYTES = 8192;

/** Fields of such a call. */
export const MAX_BRIDGE_FIELDS = 32;

/** Such calls that wait at once; others find nobody listening. */
export const MAX_BRIDGE_CALLS = 32;

/** Tabs whose pages may make them. */
export const MAX_BRIDGE_TABS = 64;

/** Bytes of a PIN. */
export const MAX_PIN_BYTES = 64;

/** Characters of a login challenge, at least. */
export const MIN_CHALLENGE_CHARS = 16;

/** Characters of a login challenge, at most. */
export const MAX_CHALLENGE_CHARS = 128;

/** Random bytes of a login challenge. */
export const CHALLENGE_BYTES = 32;

/** Seconds for which a login challenge is valid, unless the portal says otherwise. */
export const CHALLENGE_SECONDS = 300;

/** Time in which an installed extension acknowledges a call of the page. */
export const ACKNOWLEDGE_MS = 1000;

/** Time that a consent window stays open without an answer. */
export const CONSENT_MS = 180000;

/** Time in which a page's call over the bridge must have come whole. */
export const BRIDGE_READ_MS = 5000;

/** Time that such a call waits for its answer at most: a consent, and its turn. */
export const BRIDGE_ANSWER_MS = 300000;

/** Time in which the browser's record of such a call must be there, once the host told of the call. */
export const BRIDGE_RECORD_MS = 300;

/** Time that a press on a page lets its calls open a window. Time in which a call waited does not count. */
export const BRIDGE_PRESS_MS = 5000;

/** Time that such a call waits for others to have had their turn. */
export const BRIDGE_TURN_MS = 20000;

/** Time that a window waits for the page's next call. */
export const BRIDGE_NEXT_MS = 6000;

/** Time after the user's last press in the window in which a session of the bridge ends. */
export const SESSION_IDLE_MS = 300000;

/** Time after its login in which a session of the bridge ends. */
export const MAX_SESSION_MS = 900000;

/** Time in which a started host greets. */
export const GREETING_MS = 5000;

/** Time for one answer of the host that no PIN pad delays. */
export const HOST_REPLY_MS = 60000;

/** Time for one call into a vendor's module. */
export const MODULE_CALL_MS = 30000;

/** Time after which a listing looks at no further data object of a token. */
export const DATA_OBJECTS_MS = 5000;

/** Time for loading and initialising a vendor's module. */
export const MODULE_LOAD_MS = 10000;

/** Time between two looks at the tokens, beside a module's own wait for them. */
export const TOKEN_POLL_MS = 1000;

/** Time that the consent window stays to show that all is done. */
export const LINGER_MS = 900;

/** Time after the consent window gets focus in which input is ignored. */
export const INPUT_GUARD_MS = 700;

/** Time in which the content script must answer a request for bytes. */
export const READ_MS = 30000;

/** Time for which a browser lets a page act on a user's press (`navigator.userActivation.isActive`). Source: Chromium,
 `user_activation_state.h`. */
export const ACTIVATION_MS = 5000;

/** Cancels of one origin in a row after which it must wait. */
export const CANCELS_BEFORE_WAIT = 3;

/** First wait of an origin whose user cancelled repeatedly; doubles with each further cancel. */
export const CANCEL_WAIT_MS = 10000;

/** Longest such wait. */
export const MAX_CANCEL_WAIT_MS = 300000;
