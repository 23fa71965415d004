//! Sizes, counts and times: each defined here once, generated into TypeScript.

/// Declares the constants and a table of them for the generator.
macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $name:ident = $value:expr;)+) => {
        $($(#[doc = $doc])+ pub const $name: u32 = $value;)+

        /// Every limit: name, value and what it says, for the generator.
        pub const ALL: &[(&str, u32, &str)] = &[$((stringify!($name), $value, concat!($($doc, "\n"),+)),)+];
    };
}

limits! {
    /// Documents in one `sign` call.
    MAX_DOCUMENTS = 100;
    /// Characters (Unicode scalar values) in a document's name.
    MAX_NAME_CHARS = 255;
    /// Bytes of one document signed detached.
    MAX_DETACHED_BYTES = 512 * 1024 * 1024;
    /// Bytes of one document whose content the CMS carries.
    MAX_ATTACHED_BYTES = 64 * 1024 * 1024;
    /// Bytes of all documents of one `sign` call together.
    MAX_TOTAL_BYTES = 1024 * 1024 * 1024;
    /// Bytes of content in one message between content script and background.
    MAX_CHUNK_BYTES = 4 * 1024 * 1024;
    /// Bytes of one native-messaging frame from host to browser (the browser closes the port above).
    MAX_FRAME_FROM_HOST_BYTES = 1024 * 1024;
    /// Bytes of one native-messaging frame from browser to host that the host accepts.
    MAX_FRAME_TO_HOST_BYTES = 4 * 1024 * 1024;
    /// Bytes of one certificate read from a token.
    MAX_CERTIFICATE_BYTES = 64 * 1024;
    /// Bytes of an electronic seal.
    MAX_SEAL_BYTES = 2 * 1024 * 1024;
    /// Certificates, or their digests, in an electronic seal.
    MAX_SEAL_CERTIFICATES = 1_000;
    /// Characters of what a seal on a document says that it belongs to (`propertyInfo`).
    MAX_PROPERTY_INFO_CHARS = 1_024;
    /// Pages of a document on which a seal is said to be drawn.
    MAX_PLACEMENT_PAGE = 100_000;
    /// Millimetres from the corner of a page at which a seal is said to be drawn: sheets of plans are the largest.
    MAX_PLACEMENT_MM = 5_000;
    /// Bytes of all seals that one listing of a module's tokens tells: they share a frame with the certificates.
    MAX_LISTED_SEAL_BYTES = 512 * 1024;
    /// Data objects of one token that are looked at.
    MAX_DATA_OBJECTS = 64;
    /// Tokens reported at once.
    MAX_TOKENS = 32;
    /// Certificates reported for one token.
    MAX_CERTIFICATES = 32;
    /// Vendors' libraries of which advice is given.
    MAX_MODULES = 64;
    /// Checks of the doctor of which advice is given.
    MAX_CHECKS = 512;
    /// Characters of a message that a user pastes to be told what it means; what is longer is cut.
    MAX_MESSAGE_CHARS = 2_000;
    /// Trust anchors that can be added.
    MAX_ANCHORS = 64;
    /// Items of an order.
    MAX_ORDER_ITEMS = 10_000;
    /// Certificates or seals of one item of an order.
    MAX_ORDER_COUNT = 10_000;
    /// Years of a term in a tariff.
    MAX_TERM_YEARS = 10;
    /// A price in a tariff, in fen. With it, no possible order or list comes to more than a number of JavaScript holds.
    MAX_PRICE_FEN = 1_000_000;
    /// Bytes of a list of orders, as a file.
    MAX_LIST_BYTES = 32 * 1024 * 1024;
    /// Bytes of a list of orders, unpacked.
    MAX_LIST_UNPACKED_BYTES = 256 * 1024 * 1024;
    /// Rows of a list of orders.
    MAX_LIST_ROWS = 20_000;
    /// Columns of a list of orders.
    MAX_LIST_COLUMNS = 64;
    /// Characters (Unicode scalar values) of a cell in a list of orders; what is longer is cut.
    MAX_CELL_CHARS = 500;
    /// Bytes of one part of an OFD that is read whole.
    MAX_OFD_PART_BYTES = 32 * 1024 * 1024;
    /// Bytes of all parts of an OFD, unpacked, beyond eight times those of the file.
    MAX_OFD_UNPACKED_BYTES = 64 * 1024 * 1024;
    /// Operations that wait for their turn behind an open consent window.
    MAX_QUEUE = 16;
    /// Those of them that one origin has.
    MAX_QUEUE_OF_ORIGIN = 4;
    /// Lists and objects inside of each other in a message of page, window, workspace or host.
    MAX_MESSAGE_DEPTH = 16;
    /// Values in a call of a page; one with the most documents has some 1,200.
    MAX_CALL_VALUES = 4_096;
    /// Characters (UTF-16) of all names and texts in a call of a page; documents' contents come apart.
    MAX_CALL_CHARS = 512 * 1024;
    /// Bytes of the body of a page's call over the bridge. As JSON, in which a character can take six, it fits into a frame.
    MAX_BRIDGE_BODY_BYTES = 128 * 1024;
    /// Bytes of the head of such a call.
    MAX_BRIDGE_HEAD_BYTES = 8 * 1024;
    /// Fields of such a call.
    MAX_BRIDGE_FIELDS = 32;
    /// Such calls that wait at once; others find nobody listening.
    MAX_BRIDGE_CALLS = 32;
    /// Tabs whose pages may make them.
    MAX_BRIDGE_TABS = 64;
    /// Bytes of a PIN.
    MAX_PIN_BYTES = 64;
    /// Characters of a login challenge, at least.
    MIN_CHALLENGE_CHARS = 16;
    /// Characters of a login challenge, at most.
    MAX_CHALLENGE_CHARS = 128;
    /// Random bytes of a login challenge.
    CHALLENGE_BYTES = 32;
    /// Seconds for which a login challenge is valid, unless the portal says otherwise.
    CHALLENGE_SECONDS = 300;

    /// Time in which an installed extension acknowledges a call of the page.
    ACKNOWLEDGE_MS = 1_000;
    /// Time that a consent window stays open without an answer.
    CONSENT_MS = 180_000;
    /// Time in which a page's call over the bridge must have come whole.
    BRIDGE_READ_MS = 5_000;
    /// Time that such a call waits for its answer at most: a consent, and its turn.
    BRIDGE_ANSWER_MS = 300_000;
    /// Time in which the browser's record of such a call must be there, once the host told of the call.
    BRIDGE_RECORD_MS = 300;
    /// Time that a press on a page lets its calls open a window. Time in which a call waited does not count.
    BRIDGE_PRESS_MS = 5_000;
    /// Time that such a call waits for others to have had their turn.
    BRIDGE_TURN_MS = 20_000;
    /// Time that a window waits for the page's next call.
    BRIDGE_NEXT_MS = 6_000;
    /// Time after the user's last press in the window in which a session of the bridge ends.
    SESSION_IDLE_MS = 300_000;
    /// Time after its login in which a session of the bridge ends.
    MAX_SESSION_MS = 900_000;
    /// Time in which a started host greets.
    GREETING_MS = 5_000;
    /// Time for one answer of the host that no PIN pad delays.
    HOST_REPLY_MS = 60_000;
    /// Time for one call into a vendor's module.
    MODULE_CALL_MS = 30_000;
    /// Time after which a listing looks at no further data object of a token.
    DATA_OBJECTS_MS = 5_000;
    /// Time for loading and initialising a vendor's module.
    MODULE_LOAD_MS = 10_000;
    /// Time between two looks at the tokens, beside a module's own wait for them.
    TOKEN_POLL_MS = 1_000;
    /// Time that the consent window stays to show that all is done.
    LINGER_MS = 900;
    /// Time after the consent window gets focus in which input is ignored.
    INPUT_GUARD_MS = 700;
    /// Time in which the content script must answer a request for bytes.
    READ_MS = 30_000;
    /// Time for which a browser lets a page act on a user's press (`navigator.userActivation.isActive`). Source: Chromium,
    /// `user_activation_state.h`.
    ACTIVATION_MS = 5_000;
    /// Cancels of one origin in a row after which it must wait.
    CANCELS_BEFORE_WAIT = 3;
    /// First wait of an origin whose user cancelled repeatedly; doubles with each further cancel.
    CANCEL_WAIT_MS = 10_000;
    /// Longest such wait.
    MAX_CANCEL_WAIT_MS = 300_000;
}
