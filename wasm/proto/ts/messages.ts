// Generated from wasm/proto by `npm run generate`. Change it there.
/* biome-ignore-all lint: generated */

// ── Errors and findings ──

/**
 * Everything that can go wrong, with its evidence.
 */
export type CatalogueError = { "code": "request-invalid", "params": {
/**
 * Which part, and what is wrong with it.
 */
reason: string, } } | { "code": "internal", "params": {
/**
 * What was met, for support.
 */
detail: string, } } | { "code": "unknown", "params": {
/**
 * The code as received.
 */
word: string, } } | { "code": "origin-insecure", "params": {
/**
 * The origin that asked.
 */
origin: string, } } | { "code": "origin-malformed", "params": {
/**
 * The origin as given.
 */
origin: string,
/**
 * How it is written, as far as that can be told.
 */
expected: string, } } | { "code": "not-installed", "params": Record<symbol, never> } | { "code": "site-not-allowed", "params": {
/**
 * The origin that asked.
 */
origin: string, } } | { "code": "origin-opaque", "params": Record<symbol, never> } | { "code": "frame-not-allowed", "params": Record<symbol, never> } | { "code": "page-not-active", "params": Record<symbol, never> } | { "code": "user-action-required", "params": Record<symbol, never> } | { "code": "too-many-cancels", "params": {
/**
 * Seconds until the origin may ask again.
 */
seconds: number, } } | { "code": "queue-full", "params": Record<symbol, never> } | { "code": "act-not-allowed", "params": {
/**
 * The origin that asked.
 */
origin: string,
/**
 * The call.
 */
act: string, } } | { "code": "format-not-allowed", "params": {
/**
 * The origin that asked.
 */
origin: string,
/**
 * The format.
 */
format: string, } } | { "code": "page-gone", "params": Record<symbol, never> } | { "code": "aborted", "params": Record<symbol, never> } | { "code": "cancelled", "params": Record<symbol, never> } | { "code": "window-lost", "params": Record<symbol, never> } | { "code": "timed-out", "params": {
/**
 * Seconds that it was open.
 */
seconds: number, } } | { "code": "extension-restarted", "params": Record<symbol, never> } | { "code": "local-failure", "params": Record<symbol, never> } | { "code": "policy-invalid", "params": {
/**
 * Which field.
 */
place: string,
/**
 * What is wrong there.
 */
reason: string, } } | { "code": "server-busy", "params": Record<symbol, never> } | { "code": "request-too-large", "params": {
/**
 * Which part.
 */
part: string,
/**
 * Largest number of bytes.
 */
limit: number, } } | { "code": "request-timed-out", "params": {
/**
 * Seconds that it could take.
 */
seconds: number, } } | { "code": "documents-count", "params": {
/**
 * Number given.
 */
count: number,
/**
 * Largest number.
 */
limit: number, } } | { "code": "document-too-large", "params": {
/**
 * Its name.
 */
name: string,
/**
 * Largest size in bytes.
 */
limit: number, } } | { "code": "document-empty", "params": {
/**
 * Its name.
 */
name: string, } } | { "code": "document-unreadable", "params": {
/**
 * Its name.
 */
name: string, } } | { "code": "document-refused", "params": {
/**
 * Its name.
 */
name: string,
/**
 * The code of what is wrong with it: `pdf-encrypted`, `placement-refused`.
 */
reason: string, } } | { "code": "host-missing", "params": Record<symbol, never> } | { "code": "host-forbidden", "params": Record<symbol, never> } | { "code": "host-gone", "params": Record<symbol, never> } | { "code": "bridge-failed", "params": {
/**
 * What the system says.
 */
reason: string, } } | { "code": "bridge-not-allowed", "params": {
/**
 * The site's origin.
 */
origin: string, } } | { "code": "bridge-blocked", "params": {
/**
 * The site's origin.
 */
origin: string, } } | { "code": "host-silent", "params": {
/**
 * Seconds waited.
 */
seconds: number, } } | { "code": "host-too-old", "params": {
/**
 * The host's version.
 */
version: string, } } | { "code": "extension-too-old", "params": {
/**
 * The host's version.
 */
version: string, } } | { "code": "host-message-invalid", "params": Record<symbol, never> } | { "code": "caller-refused", "params": {
/**
 * Who called, as the browser said.
 */
caller: string, } } | { "code": "frame-too-large", "params": {
/**
 * Announced length in bytes.
 */
length: number,
/**
 * Largest length in bytes.
 */
limit: number, } } | { "code": "frame-truncated", "params": Record<symbol, never> } | { "code": "message-invalid", "params": {
/**
 * What is wrong, and where.
 */
reason: string, } } | { "code": "configuration-invalid", "params": {
/**
 * Path of the file.
 */
path: string,
/**
 * What is wrong, and where.
 */
reason: string, } } | { "code": "configuration-encoding", "params": {
/**
 * Path of the file.
 */
path: string, } } | { "code": "home-unknown", "params": {
/**
 * The variable that is not set.
 */
variable: string, } } | { "code": "file-failed", "params": {
/**
 * Path of the file.
 */
path: string,
/**
 * The system's words.
 */
reason: string, } } | { "code": "file-exists", "params": {
/**
 * Path of the file.
 */
path: string, } } | { "code": "file-is-input", "params": {
/**
 * Path of the file.
 */
path: string, } } | { "code": "nothing-to-verify", "params": {
/**
 * Its name.
 */
name: string, } } | { "code": "time-stamp-failed", "params": {
/**
 * What the program did, or what is wrong with its answer.
 */
reason: string, } } | { "code": "registration-missing", "params": {
/**
 * The browser.
 */
browser: string,
/**
 * Where the manifest should lie.
 */
path: string, } } | { "code": "registration-broken", "params": {
/**
 * The browser.
 */
browser: string,
/**
 * The manifest.
 */
path: string,
/**
 * What is wrong.
 */
reason: string, } } | { "code": "host-program-missing", "params": {
/**
 * The browser.
 */
browser: string,
/**
 * The program.
 */
path: string, } } | { "code": "host-program-blocked", "params": {
/**
 * The browser.
 */
browser: string,
/**
 * The program.
 */
path: string,
/**
 * What the system says.
 */
reason: string, } } | { "code": "blocked-by-policy", "params": {
/**
 * The browser.
 */
browser: string,
/**
 * Name of the policy.
 */
policy: string, } } | { "code": "browser-confined", "params": {
/**
 * The browser.
 */
browser: string,
/**
 * `snap` or `flatpak`.
 */
sandbox: string, } } | { "code": "no-module", "params": Record<symbol, never> } | { "code": "module-missing", "params": {
/**
 * Name of the module.
 */
module: string,
/**
 * Its path.
 */
path: string, } } | { "code": "module-not-library", "params": {
/**
 * Name of the module.
 */
module: string,
/**
 * What was found instead.
 */
found: string, } } | { "code": "module-architecture", "params": {
/**
 * Name of the module.
 */
module: string,
/**
 * The library's architecture.
 */
found: string,
/**
 * The host's architecture.
 */
expected: string, } } | { "code": "worker-missing", "params": {
/**
 * Name of the module.
 */
module: string,
/**
 * The library's architecture.
 */
found: string, } } | { "code": "module-load-failed", "params": {
/**
 * Name of the module.
 */
module: string,
/**
 * The system's or the module's words.
 */
reason: string, } } | { "code": "module-incomplete", "params": {
/**
 * Name of the module.
 */
module: string,
/**
 * The function.
 */
call: string,
/**
 * What it returned, as hex.
 */
rv: string, } } | { "code": "module-crashed", "params": {
/**
 * Name of the module.
 */
module: string, } } | { "code": "module-hung", "params": {
/**
 * Name of the module.
 */
module: string,
/**
 * Seconds waited.
 */
seconds: number, } } | { "code": "module-slow", "params": {
/**
 * Name of the module.
 */
module: string, } } | { "code": "module-failed", "params": {
/**
 * Name of the module.
 */
module: string,
/**
 * The function.
 */
call: string,
/**
 * The return value: `CKR_…` of PKCS #11, `SAR_…` of SKF, hex, or what was wrong.
 */
rv: string, } } | { "code": "no-token", "params": Record<symbol, never> } | { "code": "token-removed", "params": Record<symbol, never> } | { "code": "token-not-found", "params": {
/**
 * The name.
 */
token: string,
/**
 * What is there instead, with serial numbers.
 */
present: string, } } | { "code": "token-ambiguous", "params": {
/**
 * The name.
 */
token: string,
/**
 * Those of the name, with serial numbers.
 */
present: string, } } | { "code": "token-unreadable", "params": {
/**
 * What was met.
 */
reason: string, } } | { "code": "token-empty", "params": Record<symbol, never> } | { "code": "token-busy", "params": Record<symbol, never> } | { "code": "certificate-not-found", "params": Record<symbol, never> } | { "code": "certificate-ambiguous", "params": {
/**
 * The id.
 */
id: string,
/**
 * Those of the id, with SHA-256.
 */
present: string, } } | { "code": "key-not-found", "params": Record<symbol, never> } | { "code": "not-decrypted", "params": Record<symbol, never> } | { "code": "mechanism-missing", "params": {
/**
 * Name of the module.
 */
module: string,
/**
 * The algorithm.
 */
algorithm: string, } } | { "code": "pin-incorrect", "params": {
/**
 * What is known of the remaining tries.
 */
tries: PinTries, } } | { "code": "pin-locked", "params": Record<symbol, never> } | { "code": "pin-length", "params": {
/**
 * Shortest, in bytes.
 */
min: number,
/**
 * Longest, in bytes.
 */
max: number, } } | { "code": "pin-required", "params": Record<symbol, never> } | { "code": "pin-not-set", "params": Record<symbol, never> } | { "code": "pin-refused", "params": Record<symbol, never> } | { "code": "pin-changed-elsewhere", "params": Record<symbol, never> } | { "code": "pin-pad-cancelled", "params": Record<symbol, never> } | { "code": "certificate-unreadable", "params": {
/**
 * Position in bytes where reading failed.
 */
position: number,
/**
 * What is wrong.
 */
reason: string, } } | { "code": "private-key-given", "params": Record<symbol, never> } | { "code": "certificate-request-given", "params": Record<symbol, never> } | { "code": "pkcs12-given", "params": Record<symbol, never> } | { "code": "certificate-expired", "params": {
/**
 * End of validity, ISO 8601.
 */
date: string, } } | { "code": "certificate-not-yet-valid", "params": {
/**
 * Start of validity, ISO 8601.
 */
date: string, } } | { "code": "certificate-ends-soon", "params": {
/**
 * Days left by the calendar of China; 0 on the last day.
 */
days: number,
/**
 * End of validity, ISO 8601.
 */
date: string, } } | { "code": "certificate-not-for-signing", "params": Record<symbol, never> } | { "code": "certificate-not-for-encryption", "params": Record<symbol, never> } | { "code": "extended-key-usage-not-accepted", "params": {
/**
 * The purposes that it has, by the names of RFC 5280 or OIDs.
 */
usages: string, } } | { "code": "certificate-is-ca", "params": Record<symbol, never> } | { "code": "certificate-without-subject", "params": Record<symbol, never> } | { "code": "algorithm-not-supported", "params": {
/**
 * OID or name.
 */
algorithm: string, } } | { "code": "certificate-revoked", "params": {
/**
 * When, ISO 8601.
 */
date: string,
/**
 * Why, as the list says.
 */
reason: RevocationReason, } } | { "code": "issuer-unknown", "params": {
/**
 * The issuer's name.
 */
issuer: string, } } | { "code": "root-unavailable", "params": {
/**
 * The root's name.
 */
root: string, } } | { "code": "too-many-anchors", "params": {
/**
 * Largest number.
 */
limit: number, } } | { "code": "issuer-not-accepted", "params": {
/**
 * The issuer's name.
 */
issuer: string, } } | { "code": "holder-not-accepted", "params": Record<symbol, never> } | { "code": "trust-not-checked", "params": Record<symbol, never> } | { "code": "issuer-not-ca", "params": {
/**
 * The issuer's name.
 */
issuer: string, } } | { "code": "path-too-long", "params": Record<symbol, never> } | { "code": "too-many-candidates", "params": {
/**
 * That number.
 */
limit: number, } } | { "code": "findings-left-out", "params": {
/**
 * How many are not told.
 */
count: number, } } | { "code": "name-not-permitted", "params": {
/**
 * The name.
 */
name: string, } } | { "code": "policy-not-satisfied", "params": Record<symbol, never> } | { "code": "signature-algorithm-mismatch", "params": Record<symbol, never> } | { "code": "extension-repeated", "params": {
/**
 * Its OID.
 */
oid: string, } } | { "code": "extension-unreadable", "params": {
/**
 * Its OID.
 */
oid: string, } } | { "code": "critical-extension-unknown", "params": {
/**
 * Its OID.
 */
oid: string, } } | { "code": "crl-missing", "params": {
/**
 * The issuer's name.
 */
issuer: string, } } | { "code": "crl-stale", "params": {
/**
 * The issuer's name.
 */
issuer: string,
/**
 * When the next one was due, ISO 8601.
 */
date: string, } } | { "code": "crl-not-yet-valid", "params": {
/**
 * The issuer's name.
 */
issuer: string,
/**
 * When it begins, ISO 8601.
 */
date: string, } } | { "code": "crl-invalid", "params": {
/**
 * What is wrong.
 */
reason: string, } } | { "code": "attributes-refused", "params": {
/**
 * What is wrong.
 */
reason: string, } } | { "code": "claimed-time-later", "params": {
/**
 * The time that is claimed, ISO 8601.
 */
time: string,
/**
 * The time for which it is judged, ISO 8601.
 */
at: string, } } | { "code": "claimed-time-outside", "params": {
/**
 * The time that is claimed, ISO 8601.
 */
time: string,
/**
 * Start of the validity, ISO 8601.
 */
from: string,
/**
 * Its end, ISO 8601.
 */
until: string, } } | { "code": "time-stamped", "params": {
/**
 * The time that it attests, ISO 8601.
 */
time: string, } } | { "code": "time-stamp-invalid", "params": {
/**
 * What is wrong with it.
 */
reason: string, } } | { "code": "challenge-invalid", "params": Record<symbol, never> } | { "code": "content-refused", "params": {
/**
 * The document's name; empty where it is not known.
 */
name: string, } } | { "code": "signature-not-verified", "params": Record<symbol, never> } | { "code": "signature-invalid", "params": Record<symbol, never> } | { "code": "signature-non-standard", "params": {
/**
 * Which variant.
 */
variant: string, } } | { "code": "proof-unreadable", "params": {
/**
 * What is wrong.
 */
reason: string, } } | { "code": "proof-format-not-accepted", "params": {
/**
 * The format.
 */
format: string, } } | { "code": "proof-algorithm-mismatch", "params": {
/**
 * As named.
 */
found: string,
/**
 * As the key dictates.
 */
expected: string, } } | { "code": "challenge-expired", "params": {
/**
 * When it ended, ISO 8601.
 */
date: string, } } | { "code": "challenge-not-yet-valid", "params": {
/**
 * When it begins, ISO 8601.
 */
date: string, } } | { "code": "challenge-used", "params": Record<symbol, never> } | { "code": "origin-mismatch", "params": {
/**
 * Origin that the challenge names.
 */
expected: string,
/**
 * Origin that verification was asked for.
 */
found: string, } } | { "code": "session-mismatch", "params": Record<symbol, never> } | { "code": "purpose-mismatch", "params": {
/**
 * Purpose that was asked for.
 */
expected: string,
/**
 * Purpose that was met.
 */
found: string, } } | { "code": "origin-not-bound", "params": Record<symbol, never> } | { "code": "cms-unreadable", "params": {
/**
 * Position in bytes where reading failed.
 */
position: number,
/**
 * What is wrong.
 */
reason: string, } } | { "code": "content-missing", "params": Record<symbol, never> } | { "code": "content-changed", "params": Record<symbol, never> } | { "code": "content-is-digest", "params": {
/**
 * Algorithm of the digest.
 */
algorithm: string, } } | { "code": "content-type-mismatch", "params": {
/**
 * OID of the content's type.
 */
content: string,
/**
 * OID in the signed attributes.
 */
attribute: string, } } | { "code": "signed-attributes-missing", "params": Record<symbol, never> } | { "code": "signer-certificate-missing", "params": Record<symbol, never> } | { "code": "signing-certificate-mismatch", "params": Record<symbol, never> } | { "code": "seal-unreadable", "params": {
/**
 * Where, in bytes.
 */
position: number,
/**
 * What is wrong there.
 */
reason: string, } } | { "code": "seal-left-out", "params": {
/**
 * Its size, in bytes.
 */
size: number, } } | { "code": "seal-missing", "params": Record<symbol, never> } | { "code": "seal-needs-sm2", "params": Record<symbol, never> } | { "code": "seal-not-found", "params": Record<symbol, never> } | { "code": "seal-ambiguous", "params": {
/**
 * Those, with SHA-256.
 */
present: string, } } | { "code": "seal-refused", "params": {
/**
 * Which part, and what is wrong with it.
 */
reason: string, } } | { "code": "seal-not-written", "params": {
/**
 * What went wrong.
 */
reason: string, } } | { "code": "seal-no-room", "params": Record<symbol, never> } | { "code": "seal-maker-unknown", "params": {
/**
 * The maker's name, as its certificate says.
 */
maker: string, } } | { "code": "seal-expired", "params": {
/**
 * End of its validity, ISO 8601.
 */
date: string, } } | { "code": "seal-not-yet-valid", "params": {
/**
 * Start of its validity, ISO 8601.
 */
date: string, } } | { "code": "seal-made-before-maker", "params": {
/**
 * When it was made, ISO 8601.
 */
made: string,
/**
 * When the maker's certificate begins, ISO 8601.
 */
date: string, } } | { "code": "seal-made-after-maker", "params": {
/**
 * When it was made, ISO 8601.
 */
made: string,
/**
 * When the maker's certificate ended, ISO 8601.
 */
date: string, } } | { "code": "seal-not-for-certificate", "params": {
/**
 * The certificate's holder.
 */
holder: string, } } | { "code": "seal-extension-unknown", "params": {
/**
 * Its OID.
 */
oid: string, } } | { "code": "seal-ends-soon", "params": {
/**
 * Days left by the calendar of China; 0 on the last day.
 */
days: number,
/**
 * End of its validity, ISO 8601.
 */
date: string, } } | { "code": "seal-old-standard", "params": {
/**
 * The standard.
 */
standard: string, } } | { "code": "seal-picture-mislabelled", "params": {
/**
 * As the seal calls it.
 */
called: string,
/**
 * What it is.
 */
found: string, } } | { "code": "seal-picture-not-shown", "params": {
/**
 * What stands against it.
 */
reason: string, } } | { "code": "time-stamp-unchecked", "params": Record<symbol, never> } | { "code": "ofd-unreadable", "params": {
/**
 * The part in the package, by its path; `ZIP` for the package itself.
 */
part: string,
/**
 * What is wrong there.
 */
reason: string, } } | { "code": "ofd-too-large", "params": {
/**
 * Largest number of bytes.
 */
limit: number, } } | { "code": "ofd-not-signed", "params": Record<symbol, never> } | { "code": "ofd-part-changed", "params": {
/**
 * What it is to a reader: `pages[0]` is the content of the first page.
 */
place: string,
/**
 * Its path.
 */
part: string, } } | { "code": "ofd-part-missing", "params": {
/**
 * What it is to a reader: `pages[0]` is the content of the first page.
 */
place: string,
/**
 * Its path.
 */
part: string, } } | { "code": "ofd-list-extended", "params": {
/**
 * Path of the list.
 */
part: string, } } | { "code": "ofd-content-not-covered", "params": {
/**
 * Their number.
 */
count: number,
/**
 * What the one is to a reader that matters most: `pages[0]` is the content of the first page.
 */
place: string,
/**
 * Its path.
 */
part: string, } } | { "code": "ofd-resource-not-covered", "params": {
/**
 * Their number.
 */
count: number,
/**
 * What the one is to a reader that matters most: `font`, `resource`.
 */
place: string,
/**
 * Its path.
 */
part: string, } } | { "code": "ofd-part-not-covered", "params": {
/**
 * Their number.
 */
count: number,
/**
 * What the one is to a reader that matters most.
 */
place: string,
/**
 * Its path.
 */
part: string, } } | { "code": "ofd-digest-weak", "params": {
/**
 * Its name.
 */
algorithm: string, } } | { "code": "ofd-seal-differs", "params": {
/**
 * Path of the one that is shown.
 */
part: string, } } | { "code": "ofd-sealed-finally", "params": Record<symbol, never> } | { "code": "ofd-stamp-unplaced", "params": {
/**
 * Identifier of the page.
 */
page: string, } } | { "code": "ofd-bytes-outside", "params": {
/**
 * Their number.
 */
count: number, } } | { "code": "pdf-unreadable", "params": {
/**
 * Where, in bytes.
 */
position: number,
/**
 * What is wrong there.
 */
reason: string, } } | { "code": "pdf-encrypted", "params": Record<symbol, never> } | { "code": "pdf-not-signed", "params": Record<symbol, never> } | { "code": "pdf-signature-malformed", "params": {
/**
 * Which rule.
 */
reason: string, } } | { "code": "pdf-changed", "params": {
/**
 * What was changed, as a path: `pages[0]/Contents` is the content of the first page.
 */
part: string, } } | { "code": "pdf-bytes-unlisted", "params": {
/**
 * Where, in bytes.
 */
position: number,
/**
 * What is there.
 */
reason: string, } } | { "code": "pdf-form-changed", "params": {
/**
 * The field's full name.
 */
field: string, } } | { "code": "pdf-form-filled", "params": {
/**
 * The field's full name.
 */
field: string, } } | { "code": "pdf-annotated", "params": {
/**
 * Where, as a path.
 */
part: string, } } | { "code": "pdf-stamp-unproven", "params": {
/**
 * The field's full name.
 */
field: string, } } | { "code": "pdf-stamp-added", "params": {
/**
 * The field's full name.
 */
field: string,
/**
 * The page, from 1.
 */
page: number,
/**
 * From the left edge of the page as it is shown, in mm.
 */
left: number,
/**
 * From its upper edge, in mm.
 */
top: number,
/**
 * In mm.
 */
width: number,
/**
 * In mm.
 */
height: number, } } | { "code": "pdf-closed", "params": {
/**
 * What was added, as a path.
 */
part: string, } } | { "code": "pdf-added", "params": {
/**
 * What, as a path.
 */
part: string, } } | { "code": "pdf-page-hidden", "params": {
/**
 * The object's number.
 */
object: number, } } | { "code": "pdf-object-ambiguous", "params": {
/**
 * The object's number.
 */
object: number, } } | { "code": "pdf-signature-loose", "params": {
/**
 * The object's number.
 */
object: number, } } | { "code": "pdf-signing-forbidden", "params": {
/**
 * The earlier signature's field.
 */
field: string, } } | { "code": "pdf-certified", "params": {
/**
 * The certification's field.
 */
field: string, } } | { "code": "pdf-signed-already", "params": Record<symbol, never> } | { "code": "pdf-field-refused", "params": {
/**
 * Its name.
 */
field: string,
/**
 * What stands against it.
 */
reason: string, } } | { "code": "placement-refused", "params": {
/**
 * How it is there.
 */
reason: string, } } | { "code": "picture-refused", "params": {
/**
 * What stands against it.
 */
reason: string, } } | { "code": "account-name-differs", "params": {
/**
 * The certificate's holder.
 */
certificate: string,
/**
 * The account's name.
 */
account: string, } } | { "code": "account-name-written-otherwise", "params": {
/**
 * The certificate's holder.
 */
certificate: string,
/**
 * The account's name.
 */
account: string, } } | { "code": "account-not-bound", "params": Record<symbol, never> } | { "code": "account-bound-to-other", "params": {
/**
 * The holder of the certificate in the key.
 */
holder: string, } } | { "code": "entrance-other-role", "params": {
/**
 * The account's role.
 */
role: string, } } | { "code": "expired-beside-valid", "params": {
/**
 * End of the one that ended, ISO 8601.
 */
date: string, } } | { "code": "several-certificates", "params": {
/**
 * How many.
 */
count: number, } } | { "code": "key-without-driver", "params": {
/**
 * What the USB device calls itself, or its numbers.
 */
device: string, } } | { "code": "reader-service-off", "params": {
/**
 * Its name.
 */
service: string, } } | { "code": "pin-last-try", "params": Record<symbol, never> } | { "code": "pin-initial", "params": Record<symbol, never> } | { "code": "partner-missing", "params": Record<symbol, never> } | { "code": "clock-wrong", "params": {
/**
 * The computer's time, ISO 8601.
 */
now: string,
/**
 * A time that has passed, ISO 8601.
 */
known: string, } } | { "code": "several-hosts", "params": {
/**
 * Their programs.
 */
programs: string, } } | { "code": "browser-too-old", "params": {
/**
 * Its version.
 */
version: string,
/**
 * The oldest that works.
 */
needed: number, } } | { "code": "certificate-ends-before-use", "params": {
/**
 * End of its validity, ISO 8601.
 */
date: string, } } | { "code": "client-not-running", "params": Record<symbol, never> } | { "code": "control-missing", "params": Record<symbol, never> } | { "code": "platform-service-failed", "params": Record<symbol, never> } | { "code": "several-tokens", "params": Record<symbol, never> } | { "code": "certificate-on-hold", "params": Record<symbol, never> } | { "code": "sealing-failed", "params": Record<symbol, never> } | { "code": "decryption-failed", "params": Record<symbol, never> } | { "code": "seal-in-order", "params": {
/**
 * End of its validity, ISO 8601.
 */
date: string, } } | { "code": "key-in-order", "params": Record<symbol, never> } | { "code": "message-unknown", "params": Record<symbol, never> } | { "code": "message-without-cause", "params": {
/**
 * The message, in the guide's words.
 */
message: string, } } | { "code": "order-unreadable", "params": {
/**
 * Which part, and what is wrong with it.
 */
reason: string, } } | { "code": "order-empty", "params": Record<symbol, never> } | { "code": "order-too-long", "params": {
/**
 * Largest number.
 */
limit: number, } } | { "code": "order-role-unknown", "params": {
/**
 * Which item, from 1.
 */
item: number,
/**
 * As given.
 */
role: string, } } | { "code": "order-role-missing", "params": {
/**
 * Which item, from 1.
 */
item: number, } } | { "code": "order-service-unknown", "params": {
/**
 * Which item, from 1.
 */
item: number,
/**
 * As given.
 */
service: string, } } | { "code": "order-service-missing", "params": {
/**
 * Which item, from 1.
 */
item: number, } } | { "code": "order-renewal-unclear", "params": {
/**
 * Which item, from 1.
 */
item: number,
/**
 * As given.
 */
service: string, } } | { "code": "order-nothing", "params": {
/**
 * Which item, from 1.
 */
item: number, } } | { "code": "order-certificate-missing", "params": {
/**
 * Which item, from 1.
 */
item: number, } } | { "code": "order-count-invalid", "params": {
/**
 * Which item, from 1.
 */
item: number,
/**
 * As given.
 */
value: string,
/**
 * Largest number.
 */
limit: number, } } | { "code": "order-years-missing", "params": {
/**
 * Which item, from 1.
 */
item: number,
/**
 * Terms of the tariff.
 */
terms: string, } } | { "code": "order-years-invalid", "params": {
/**
 * Which item, from 1.
 */
item: number,
/**
 * As given.
 */
value: string,
/**
 * Terms of the tariff.
 */
terms: string, } } | { "code": "order-days-invalid", "params": {
/**
 * Which item, from 1.
 */
item: number,
/**
 * As given.
 */
value: string,
/**
 * Largest number.
 */
limit: number, } } | { "code": "order-days-unfit", "params": {
/**
 * Which item, from 1.
 */
item: number, } } | { "code": "order-not-priced", "params": {
/**
 * Which item, from 1.
 */
item: number, } } | { "code": "tariff-invalid", "params": {
/**
 * Where: `prices[2].price`.
 */
place: string,
/**
 * What is wrong there.
 */
reason: string, } } | { "code": "renew-before-upgrade", "params": {
/**
 * Days left.
 */
days: number,
/**
 * Days that are needed.
 */
needed: number, } } | { "code": "upgrade-not-free", "params": Record<symbol, never> } | { "code": "certificates-not-charged", "params": {
/**
 * Which item, from 1.
 */
item: number, } } | { "code": "tariff-other-authority", "params": {
/**
 * Who issued the certificate.
 */
issuer: string, } } | { "code": "list-unreadable", "params": {
/**
 * What is wrong with it.
 */
reason: string, } } | { "code": "list-too-large", "params": {
/**
 * Largest number of bytes.
 */
limit: number, } } | { "code": "list-too-long", "params": {
/**
 * Rows at most.
 */
rows: number,
/**
 * Columns at most.
 */
columns: number, } } | { "code": "list-columns-missing", "params": {
/**
 * Their names.
 */
columns: string, } } | { "code": "list-name-missing", "params": {
/**
 * Which row, from 1.
 */
item: number, } } | { "code": "list-answer-unknown", "params": {
/**
 * Which row, from 1.
 */
item: number,
/**
 * As given.
 */
value: string, } } | { "code": "parameters-odd", "params": {
/**
 * OID of the algorithm.
 */
oid: string, } } | { "code": "default-encoded", "params": Record<symbol, never> } | { "code": "unused-bits-odd", "params": Record<symbol, never> } | { "code": "serial-negative", "params": Record<symbol, never> } | { "code": "serial-odd", "params": Record<symbol, never> } | { "code": "integer-odd", "params": Record<symbol, never> } | { "code": "string-type-odd", "params": Record<symbol, never> } | { "code": "string-odd", "params": Record<symbol, never> } | { "code": "string-legacy", "params": {
/**
 * The encoding taken.
 */
encoding: string, } } | { "code": "string-unreadable", "params": Record<symbol, never> } | { "code": "extension-not-der", "params": {
/**
 * Its OID.
 */
oid: string, } } | { "code": "pem-odd", "params": Record<symbol, never> } | { "code": "encoding-odd", "params": {
/**
 * What was found.
 */
reason: string, } };

/**
 * Something found in a thing that can be read: a value, not an error.
 */
export type Finding = {
/**
 * How much it weighs.
 */
severity: Severity,
/**
 * Where: `path[1]`, `signers[0].path[0]`, `content`, `subject.countryName`.
 */
place?: string,
/**
 * What was found there, where that says more than the parameters.
 */
found?: string,
/**
 * What was expected instead.
 */
expected?: string, } & CatalogueError;

/**
 * Languages of the product.
 */
export type Locale = "zh-CN" | "en";

/**
 * State of a PIN's retry counter.
 */
export type PinState = "ok" | "low" | "final" | "locked";

/**
 * What is known of the user PIN's remaining tries. PKCS #11 has flags only (`CKF_USER_PIN_*`), SKF a number
 * (GM/T 0016-2012, `SKF_GetPINInfo`); a number is told only where the key tells one, and never guessed.
 */
export type PinTries = {
/**
 * The flags' word.
 */
state: PinState,
/**
 * Tries left, where it is known.
 */
left?: number, };

/**
 * Why a certificate was revoked (RFC 5280, 5.3.1).
 */
export type RevocationReason = "unspecified" | "keyCompromise" | "cACompromise" | "affiliationChanged" | "superseded" | "cessationOfOperation" | "certificateHold" | "privilegeWithdrawn" | "aACompromise";

/**
 * How much a finding weighs: `fatal` makes the thing invalid.
 */
export type Severity = "fatal" | "warning" | "note";

/**
 * What a code says to a person.
 */
export type Text = {
/**
 * What happened.
 */
message: string,
/**
 * What to do next.
 */
remedy: string, };

// ── Page ↔ extension ──

/**
 * The account that a portal expects.
 */
export type Account = {
/**
 * Name of the unit or person.
 */
name: string,
/**
 * Role, in the portal's words.
 */
role?: string,
/**
 * The role whose entrance the user took, in the portal's words.
 */
entrance?: string,
/**
 * Whether a certificate is bound to the account.
 */
bound?: boolean,
/**
 * SHA-256 of the certificate that is bound to it, lower-case hex.
 */
certificate?: string, };

/**
 * Bytes, as standard Base64 with padding (RFC 4648, section 4) on the wire.
 */
export type Base64 = string;

/**
 * A document to sign, without its bytes: the content script holds them and hands them over when asked.
 */
export type Document = {
/**
 * Name as given by the site.
 */
name: string,
/**
 * Size in bytes; 0 where only `digest` is given.
 */
size: number,
/**
 * Format `SignFormat::Seal` only: SM3 of a content that stays with the site. The user is told
 * that nobody here saw it.
 */
digest?: Base64,
/**
 * Format `SignFormat::Seal` only: what the signature belongs to (`propertyInfo`), ASCII; in
 * OFD the path of its Signature.xml. Empty where it is absent.
 */
propertyInfo?: string,
/**
 * Where the seal is drawn: with format `SignFormat::Seal` by the site, and for the user's eye only.
 */
placement?: Placement,
/**
 * Format `SignFormat::Ofd` only: the seal lies over the right edges of all pages (骑缝章), its middle as many millimetres
 * from their upper edges.
 */
straddling?: number,
/**
 * Format `SignFormat::Ofd` only: further seals may follow. Otherwise this one allows none behind it.
 */
toBeContinued?: boolean,
/**
 * Another format than the call's, where both are embedded.
 */
format?: SignFormat, };

/**
 * The signature of one document. The page library adds the bytes (`cms`, `seal`, `document`); between
 * background and content script they travel apart, see `ToRelay::Bytes`.
 */
export type DocumentSignature = {
/**
 * Name of the document, as the site gave it.
 */
name: string,
/**
 * Algorithm, dictated by the key's type.
 */
algorithm: SignatureAlgorithm,
/**
 * Digest of the content (SM3 for SM2, SHA-256 otherwise), lower-case hex.
 */
digest: string,
/**
 * Size of the CMS, the `SES_Signature` or the new document in bytes.
 */
size: number, };

/**
 * Content script → background, over the port of one call.
 */
export type FromRelay = { "type": "call",
/**
 * As the page sent it, unchecked.
 */
request: PageRequest,
/**
 * Whether the user acted on the page just now (`navigator.userActivation`).
 */
activated: boolean, } | { "type": "chunk",
/**
 * The bytes of all pieces, one behind the other.
 */
data: Base64, } | { "type": "unreadable",
/**
 * Index of the document.
 */
document: number, } | { "type": "cancel", } | { "type": "show-window", };

/**
 * Format of a login proof.
 */
export type LoginFormat = "yinxin" | "logondata" | "logondata-detached";

/**
 * A login proof. It carries neither origin nor challenge: the server has its own.
 */
export type LoginProof = {
/**
 * Format.
 */
format: LoginFormat,
/**
 * Version of the format: 1.
 */
version: number,
/**
 * Algorithm, dictated by the key's type.
 */
algorithm: SignatureAlgorithm,
/**
 * DER of the certificate.
 */
certificate: Base64,
/**
 * The signature (DER for SM2 and ECDSA), or the PKCS #7 for the `logondata` formats.
 */
signature: Base64, };

/**
 * What a page can ask. Closed: nothing else is understood.
 */
export type PageCall = { "type": "status", } | { "type": "login",
/**
 * The portal's challenge: 16 to 128 characters of `A-Za-z0-9+/=_-`.
 */
challenge: string,
/**
 * Login or first binding.
 */
purpose: Purpose,
/**
 * Format of the proof.
 */
format: LoginFormat,
/**
 * The account that the portal expects, shown to the user for comparison.
 */
account?: Account, } | { "type": "sign",
/**
 * The documents, in order.
 */
documents: Array<Document>,
/**
 * Format of the signatures.
 */
format: SignFormat, } | { "type": "seals", };

/**
 * What an answer says. `Result` and `Error` are final; the others may come before.
 */
export type PageOutcome = { "type": "acknowledged", } | { "type": "progress",
/**
 * What is under way.
 */
stage: Stage,
/**
 * Parts done: bytes while reading, documents while signing, else nothing.
 */
done: number,
/**
 * Parts in all.
 */
total: number, } | { "type": "result",
/**
 * The result.
 */
result: PageResult, } | { "type": "error",
/**
 * Why.
 */
error: CatalogueError, };

/**
 * An answer to the page.
 */
export type PageReply = {
/**
 * `PageRequest::id`.
 */
id: string,
/**
 * The answer.
 */
outcome: PageOutcome, };

/**
 * A call of the page.
 */
export type PageRequest = {
/**
 * Chosen by the page library (a UUID), returned with every answer.
 */
id: string,
/**
 * What is asked.
 */
call: PageCall, };

/**
 * Results, by call.
 */
export type PageResult = { "type": "status",
/**
 * Version of the extension.
 */
extension: string,
/**
 * `crate::PROTOCOL_VERSION` of the extension.
 */
protocol: number,
/**
 * Version of the host, if it is installed.
 */
host?: string,
/**
 * Why the host can't be used, if so.
 */
problem?: CatalogueError, } | { "type": "login",
/**
 * For the portal's server.
 */
proof: LoginProof, } | { "type": "sign",
/**
 * One for each document, in order.
 */
signatures: Array<DocumentSignature>, } | { "type": "seals",
/**
 * What the user chose to show.
 */
seals: Array<PageSeal>, };

/**
 * A seal that the user showed to a page.
 */
export type PageSeal = {
/**
 * Its name.
 */
name: string,
/**
 * Its identifier (`esID`).
 */
id: string,
/**
 * 4 or 5.
 */
version: number,
/**
 * Start of validity, ISO 8601 UTC.
 */
validFrom: string,
/**
 * End of validity, ISO 8601 UTC.
 */
validUntil: string,
/**
 * Width of its picture in millimetres.
 */
width: number,
/**
 * Height of its picture in millimetres.
 */
height: number,
/**
 * Its picture, where browsers can show it.
 */
picture?: SealPicture,
/**
 * Its DER.
 */
seal: Base64, };

/**
 * Bytes of a document that are asked for.
 */
export type Piece = {
/**
 * Index of the document.
 */
document: number,
/**
 * Offset in bytes.
 */
offset: number,
/**
 * Number of bytes.
 */
length: number, };

/**
 * Where a seal is drawn on a page, in whole millimetres from its upper left corner, to the middle
 * of the seal.
 */
export type Placement = {
/**
 * Number of the page, from 1.
 */
page: number,
/**
 * From the left.
 */
x: number,
/**
 * From the top.
 */
y: number, };

/**
 * What a login is for. Part of what is signed.
 */
export type Purpose = "login" | "bind";

/**
 * A picture of a seal that browsers can show. To be decoded as an image only: it may be SVG.
 */
export type SealPicture = {
/**
 * Media type, by its bytes.
 */
mediaType: string,
/**
 * Its file.
 */
data: Base64, };

/**
 * Format of document signatures.
 */
export type SignFormat = "cms" | "cms-attached" | "seal" | "pdf" | "pdf-seal" | "ofd";

/**
 * Signature algorithms that the product makes. Named by what they are, not by OID.
 */
export type SignatureAlgorithm = "sm2-sm3" | "rsa-sha256" | "ecdsa-p256-sha256";

/**
 * What takes time.
 */
export type Stage = "waiting" | "reading" | "consenting" | "signing";

/**
 * Background → content script, over the port of one call.
 */
export type ToRelay = { "type": "read",
/**
 * Which.
 */
pieces: Array<Piece>, } | { "type": "bytes",
/**
 * Index of the document.
 */
document: number,
/**
 * The bytes.
 */
data: Base64, } | { "type": "reply",
/**
 * The answer.
 */
reply: PageReply, };

// ── Background ↔ host ──

/**
 * A file that a repair writes or removes.
 */
export type Change = {
/**
 * The file.
 */
path: string,
/**
 * Its text before; absent where it was not there.
 */
before?: string,
/**
 * Its text afterwards; absent where it is removed.
 */
after?: string, };

/**
 * One thing that was looked at.
 */
export type Check = {
/**
 * What kind of thing.
 */
kind: CheckKind,
/**
 * Which one: a browser, a module, the label of a key.
 */
subject: string,
/**
 * How it is.
 */
state: CheckState,
/**
 * Milliseconds that it took.
 */
ms: number,
/**
 * What was seen.
 */
evidence: Array<Evidence>,
/**
 * What is wrong, if something is.
 */
problem?: CatalogueError,
/**
 * What one press would mend, if something would.
 */
repair?: Repair, };

/**
 * Kinds of checks, in the order in which they are made.
 */
export type CheckKind = "browser" | "extension" | "site" | "bridge" | "host" | "configuration" | "registration" | "reader-service" | "usb-device" | "module" | "key" | "certificates" | "chain" | "seals" | "test-signature";

/**
 * How a thing is.
 */
export type CheckState = "ok" | "warning" | "failed" | "skipped";

/**
 * Everything that was looked at. No PIN, no content of certificates or seals, no names of people.
 */
export type DoctorReport = {
/**
 * Version of the host.
 */
version: string,
/**
 * `crate::PROTOCOL_VERSION` of the host.
 */
protocol: number,
/**
 * System and architecture: `linux x86_64`.
 */
platform: string,
/**
 * The host's program.
 */
program: string,
/**
 * Milliseconds for all of it.
 */
ms: number,
/**
 * In the order in which they were made.
 */
checks: Array<Check>,
/**
 * No check failed.
 */
healthy: boolean, };

/**
 * Something that was seen.
 */
export type Evidence = {
/**
 * What.
 */
name: EvidenceName,
/**
 * As it was seen.
 */
value: string, };

/**
 * What a piece of evidence is of.
 */
export type EvidenceName = "account name" | "account role" | "also read by" | "architecture" | "at work" | "bound certificate" | "bound one in" | "unanswered" | "open pages" | "port" | "browser" | "browser version" | "can sign" | "certificate" | "certificate name" | "configuration" | "count" | "days left" | "demo key" | "development" | "does not start" | "driver does not work" | "drivers tried" | "encryption certificate" | "ended" | "engine" | "entrance" | "exists" | "greets after" | "id" | "initial PIN" | "installed" | "interfaces" | "issuer" | "key" | "keys" | "keys or readers" | "known as" | "known vendors" | "leads to an added one" | "leads to the national list" | "library" | "library file" | "listed" | "loads in" | "manifest" | "manifest not taken" | "model" | "module" | "modules" | "national" | "needed" | "issuer certificate missing" | "not looked at" | "off" | "old" | "origin" | "other" | "package" | "path" | "permission" | "PIN" | "PIN pad" | "platform" | "policies that can't be read" | "policy" | "policy from" | "private windows" | "program" | "protocol" | "read by" | "refused" | "registered for" | "runs" | "seal" | "serial number" | "signed by" | "signed and verified in" | "site" | "tries left" | "unreadable" | "valid one in" | "valid until" | "version" | "waited";

/**
 * What the background can ask of the host. Closed: nothing else is understood.
 */
export type HostCommand = { "type": "tokens", } | { "type": "watch",
/**
 * Whether changes of the slots are told from now on.
 */
on: boolean, } | { "type": "sign",
/**
 * The page's origin, stamped by the background.
 */
origin: Origin,
/**
 * `Token::token`.
 */
token: string,
/**
 * SHA-256 of the certificate whose key signs, lower-case hex.
 */
certificate: string,
/**
 * The user PIN; absent with a protected authentication path.
 */
pin?: Pin,
/**
 * What is signed, in order. At most `crate::limits::MAX_DOCUMENTS`.
 */
items: Array<ToSign>, } | { "type": "doctor", } | { "type": "repair",
/**
 * What.
 */
repair: Repair,
/**
 * Tell only.
 */
dryRun: boolean,
/**
 * Take it back: the files as they were before.
 */
undo: boolean, } | { "type": "bridge-start",
/**
 * The tab.
 */
tab: number,
/**
 * Its pages' origin: a listed site, as the background knows it from the browser.
 */
origin: Origin, } | { "type": "bridge-stop",
/**
 * The tab.
 */
tab: number, } | { "type": "bridge-login",
/**
 * Which.
 */
call: number,
/**
 * `Token::token`.
 */
token: string,
/**
 * SHA-256 of a certificate in it, lower-case hex.
 */
certificate: string,
/**
 * As the user typed it in our own window.
 */
pin?: Pin, } | { "type": "bridge-logout",
/**
 * The tab.
 */
tab: number, } | { "type": "bridge-sign",
/**
 * Which.
 */
call: number,
/**
 * `Token::token`.
 */
token: string,
/**
 * SHA-256 of the certificate whose key signs, lower-case hex.
 */
certificate: string,
/**
 * As the user typed it in our own window.
 */
pin?: Pin,
/**
 * In which form.
 */
form: TextForm, } | { "type": "bridge-change-pin",
/**
 * Which.
 */
call: number,
/**
 * `Token::token`.
 */
token: string,
/**
 * SHA-256 of a certificate in it, lower-case hex.
 */
certificate: string,
/**
 * The present one, as the user typed it in our own window.
 */
pin?: Pin,
/**
 * The new one, likewise.
 */
newPin?: Pin, } | { "type": "bridge-decrypt",
/**
 * Which.
 */
call: number,
/**
 * `Token::token`.
 */
token: string,
/**
 * SHA-256 of a certificate in it for encryption and not for signatures, lower-case hex.
 */
certificate: string,
/**
 * As the user typed it in our own window.
 */
pin?: Pin, } | { "type": "bridge-answer",
/**
 * Which.
 */
call: number,
/**
 * What the page gets, in the program's own envelope. Absent: nothing, as if nobody listened.
 */
body?: string, } | { "type": "cancel",
/**
 * Id of the request to give up.
 */
request: number, };

/**
 * What the host tells unasked.
 */
export type HostEvent = { "type": "tokens-changed", } | { "type": "progress",
/**
 * Id of the request.
 */
id: number,
/**
 * Items signed so far.
 */
done: number, } | { "type": "bridge-call",
/**
 * Names it, while it waits.
 */
call: number,
/**
 * The tab whose secret came with it.
 */
tab: number,
/**
 * The port that the page called.
 */
port: number,
/**
 * The path that it called there, without its first slash.
 */
path: string,
/**
 * The function's name, known or not.
 */
name: string,
/**
 * Those of its fields that the table names, but for those with a PIN.
 */
fields: { [key in string]: string },
/**
 * Names of the fields with a PIN that are not empty.
 */
pins: Array<string>, } | { "type": "bridge-gone",
/**
 * For what.
 */
call: number, };

/**
 * A message from the host.
 */
export type HostMessage = { "type": "greeting",
/**
 * `crate::site::HOST_NAME`.
 */
name: string,
/**
 * The host's version.
 */
version: string,
/**
 * `crate::PROTOCOL_VERSION` of the host.
 */
protocol: number, } | { "type": "reply",
/**
 * Id of the request.
 */
id: number,
/**
 * The answer.
 */
reply: HostReply, } | { "type": "failure",
/**
 * Id of the request, where it could be read.
 */
id?: number,
/**
 * Why.
 */
error: CatalogueError, } | { "type": "event",
/**
 * What.
 */
event: HostEvent, };

/**
 * Answers of the host, by request.
 */
export type HostReply = { "type": "tokens",
/**
 * Tokens present.
 */
tokens: Array<Token>,
/**
 * Libraries tried.
 */
modules: Array<Module>, } | { "type": "signed",
/**
 * One for each item: DER `SEQUENCE {r, s}` for SM2 and ECDSA, the bare signature for RSA
 * (PKCS #1 v1.5 with SHA-256). Verified by the host against the certificate's key.
 */
signatures: Array<Base64>,
/**
 * Time spent inside the module, in microseconds, login included.
 */
tokenUs: number, } | { "type": "decrypted",
/**
 * What was encrypted.
 */
plaintext: Base64, } | { "type": "doctor",
/**
 * What was found.
 */
report: DoctorReport, } | { "type": "repaired",
/**
 * What was changed, or would be.
 */
changes: Array<Change>, } | { "type": "bridge",
/**
 * Where the host listens, on 127.0.0.1.
 */
port: number,
/**
 * What the browser puts into the header `crate::bridge::SECRET_HEADER`: 64 hex digits.
 */
secret: string, } | { "type": "done", };

/**
 * A request to the host.
 */
export type HostRequest = {
/**
 * Chosen by the background, unique while the host lives.
 */
id: number,
/**
 * What is asked.
 */
command: HostCommand, };

/**
 * A library of PKCS #11 or SKF that the host knows, and what became of it.
 */
export type Module = {
/**
 * Name in the vendor table or the configuration.
 */
name: string,
/**
 * Where it lies.
 */
path: string,
/**
 * Why it can't be used, if so.
 */
problem?: CatalogueError, };

/**
 * An origin in the form that a signature binds: `https://host[:port]`, or `http://` on the
 * machine itself. Lower case, no path, no user information, no default port.
 *
 * The background takes it from the browser's sender record; the host checks the form again.
 */
export type Origin = string;

/**
 * A PIN on its way from the consent window to the token: overwritten when dropped, never shown.
 */
export type Pin = string;

/**
 * Length of a PIN in bytes.
 */
export type PinLength = {
/**
 * Shortest.
 */
min: number,
/**
 * Longest.
 */
max: number, };

/**
 * What one press mends. All of it can be undone.
 */
export type Repair = { "type": "register",
/**
 * `Check::subject` of the registration.
 */
browser: string, };

/**
 * How the text of a page's call over the bridge is signed. The host has the text from the call itself.
 */
export type TextForm = { "type": "bare", } | { "type": "attributes",
/**
 * DER of SET OF Attribute (RFC 5652, section 5.4), over this text's digest.
 */
attributes: Base64, };

/**
 * One thing to sign, as structure: the host checks it, builds the bytes and hashes them itself.
 */
export type ToSign = { "type": "login",
/**
 * Login or first binding.
 */
purpose: Purpose,
/**
 * The portal's challenge, as the page gave it.
 */
challenge: string, } | { "type": "logondata",
/**
 * The challenge.
 */
challenge: string,
/**
 * DER of SET OF Attribute (RFC 5652, section 5.4).
 */
attributes: Base64, } | { "type": "attributes",
/**
 * DER of SET OF Attribute (RFC 5652, section 5.4): content type, message digest, signing
 * certificate (RFC 5035) of this certificate, optionally a signing time; nothing else.
 */
attributes: Base64, } | { "type": "seal",
/**
 * SHA-256 of the seal's DER, lower-case hex.
 */
seal: string,
/**
 * The time that the signer claims, ISO 8601 UTC.
 */
time: string,
/**
 * SM3 of what is sealed (`dataHash`).
 */
digest: Base64,
/**
 * What it belongs to (`propertyInfo`), ASCII.
 */
propertyInfo: string, };

/**
 * A token in a slot.
 */
export type Token = {
/**
 * Reference for later requests. Made by the host, valid while the token stays inserted.
 */
token: string,
/**
 * Label, as the token gives it.
 */
label: string,
/**
 * Manufacturer, as the token gives it.
 */
manufacturer: string,
/**
 * Model, as the token gives it.
 */
model: string,
/**
 * Serial number, as the token gives it.
 */
serial: string,
/**
 * Name of the module that reads it.
 */
module: string,
/**
 * State of the user PIN.
 */
pin: PinTries,
/**
 * Shortest and longest PIN in bytes, as the token gives it.
 */
pinLength: PinLength,
/**
 * The PIN is typed on the token's own pad or dialog (`CKF_PROTECTED_AUTHENTICATION_PATH`).
 */
protectedPath: boolean,
/**
 * The initial PIN is still in use, where the token tells (`CKF_USER_PIN_TO_BE_CHANGED`).
 */
initialPin: boolean,
/**
 * The software key, which protects little.
 */
demo: boolean,
/**
 * The X.509 certificates that can be read without a PIN.
 */
certificates: Array<TokenCertificate>,
/**
 * The electronic seals that can be read without a PIN.
 */
seals: Array<TokenSeal>,
/**
 * Why the token can't be used, if so.
 */
problem?: CatalogueError, };

/**
 * A certificate object in a token.
 */
export type TokenCertificate = {
/**
 * `CKA_ID`, or the name of the container in SKF, lower-case hex. Ties certificate and key together.
 */
id: string,
/**
 * `CKA_LABEL`, or the container's name.
 */
label: string,
/**
 * `CKA_VALUE`, or the container's certificate, without its padding: the certificate's DER, if the token tells the truth.
 */
certificate: Base64,
/**
 * Bytes that fill up `CKA_VALUE` behind the certificate, if there are any.
 */
padding?: number, };

/**
 * A data object (PKCS #11) or file (SKF) in a token whose value reads as an electronic seal.
 */
export type TokenSeal = {
/**
 * `CKA_LABEL`, or the file's name.
 */
label: string,
/**
 * `CKA_APPLICATION`, or the application's name in SKF.
 */
application: string,
/**
 * `CKA_VALUE`, without its padding; absent where `problem` says why.
 */
der?: Base64,
/**
 * Bytes that fill up `CKA_VALUE` behind the seal, if there are any.
 */
padding?: number,
/**
 * Why the value is not told, if so. Whether it is a seal is then not known for sure.
 */
problem?: CatalogueError, };

// ── Background ↔ the extension's windows ──

/**
 * What is asked for.
 */
export type Act = { "type": "login",
/**
 * Login or first binding.
 */
purpose: Purpose,
/**
 * Format of the proof; `logondata` carries no origin, and the window says so.
 */
format: LoginFormat,
/**
 * The account that the portal expects.
 */
account?: Account, } | { "type": "sign",
/**
 * The documents, in order.
 */
documents: Array<DocumentView>,
/**
 * Format of the signatures.
 */
format: SignFormat,
/**
 * The user chooses a seal too, which is set or seen on one of them at least.
 */
sealing: boolean, } | { "type": "seals", } | { "type": "identify", } | { "type": "unlock",
/**
 * With a PIN that it sent, which is tried once.
 */
sent: boolean, } | { "type": "sign-text",
/**
 * The text.
 */
text: TextView,
/**
 * In a CMS with signed attributes; otherwise the bare signature.
 */
message: boolean, } | { "type": "change-pin", } | { "type": "decrypt",
/**
 * Bytes of it.
 */
size: number, };

/**
 * What came of a change of trust anchors.
 */
export type AnchorNews = { "type": "added",
/**
 * `AnchorView::name` of each.
 */
names: Array<string>, } | { "type": "removed",
/**
 * Its name.
 */
name: string, } | { "type": "refused",
/**
 * Why.
 */
error: CatalogueError, };

/**
 * A trust anchor that the user or an administrator added, as the workspace shows it.
 */
export type AnchorView = {
/**
 * SHA-256 of the certificate, lower-case hex.
 */
certificate: string,
/**
 * The CA's name.
 */
name: string,
/**
 * Its whole name (RFC 4514).
 */
subject: string,
/**
 * Who issued it; the same where it is a root.
 */
issuer: string,
/**
 * Start of validity, ISO 8601 UTC.
 */
notBefore: string,
/**
 * End of validity, ISO 8601 UTC.
 */
notAfter: string,
/**
 * An administrator set it: the user can't remove it.
 */
managed: boolean,
/**
 * What is odd about it, as a trust anchor: no CA, expired, a test's.
 */
findings: Array<Finding>, };

/**
 * A certificate in plain words.
 */
export type CertificateView = {
/**
 * SHA-256 of the DER, lower-case hex: the reference in decisions.
 */
certificate: string,
/**
 * The holder's name (common name, else organisation).
 */
holder: string,
/**
 * Unit or person, where the certificate says so.
 */
kind: HolderKind,
/**
 * Unified social credit code.
 */
creditCode?: string,
/**
 * `CertificateView::certificate` of the other one of a dual certificate, where it lies on the
 * same key: for encryption where this one is for signatures, or the reverse.
 */
partner?: string,
/**
 * The unit's name, where it differs from the holder's.
 */
organization?: string,
/**
 * The issuer, readable.
 */
issuer: string,
/**
 * Serial number, hex.
 */
serial: string,
/**
 * Start of validity, ISO 8601 UTC.
 */
notBefore: string,
/**
 * End of validity, ISO 8601 UTC.
 */
notAfter: string,
/**
 * Days left by the calendar of China: 0 on the last day, negative after it.
 */
daysLeft: number,
/**
 * Algorithm of its signatures, where the product makes them.
 */
algorithm?: SignatureAlgorithm,
/**
 * Personal data inside, which the site receives with the signature.
 */
discloses: Array<Disclosed>,
/**
 * Why it can't be used for this act, if so.
 */
problem?: CatalogueError,
/**
 * What else there is to say (ends soon, issuer not known).
 */
findings: Array<Finding>,
/**
 * Whether its issue could be checked. That never keeps a user from using it.
 */
trust: TrustView,
/**
 * Whether its holder renews it: not the encryption half of a pair, which is renewed along with
 * the other, nor one that was renewed already, nor a CA's.
 */
renewable: boolean, };

/**
 * Everything that a consent window shows.
 */
export type ConsentView = {
/**
 * Where the operation stands.
 */
phase: Phase,
/**
 * Who asks.
 */
site: SiteView,
/**
 * What for; while the page's next step is awaited what was done last.
 */
act: Act,
/**
 * The keys, usable or not, with the reason.
 */
tokens: Array<TokenView>,
/**
 * Libraries that could not be used.
 */
modules: Array<Module>,
/**
 * Numbers what is asked, where one window asks several things one after the other: a decision says which it was about.
 */
question: number,
/**
 * The user types the PIN here.
 */
asksPin: boolean,
/**
 * What to say above the choice: a wrong PIN, a key pulled. Never ends the operation.
 */
notice?: CatalogueError, };

/**
 * What the user of a consent window did.
 */
export type Decision = { "type": "approve",
/**
 * `TokenView::token`.
 */
token: string,
/**
 * `CertificateView::certificate`.
 */
certificate: string,
/**
 * `ConsentView::question`.
 */
question: number,
/**
 * `SealView::seal`, where one is set or shown.
 */
seal?: string,
/**
 * The PIN; absent with a protected authentication path, and where nothing is signed.
 */
pin?: Pin,
/**
 * The PIN that shall be from now on, where one is changed (`Act::ChangePin`). Taken out like the other.
 */
newPin?: Pin, } | { "type": "refresh", } | { "type": "cancel", };

/**
 * Personal data that a certificate carries.
 */
export type Disclosed = "unit-name" | "unit-number" | "person-name" | "identity-number" | "email" | "place";

/**
 * What a user should know of a document before signing it.
 */
export type DocumentNotice = "broken-signature" | "xfa" | "need-appearances";

/**
 * A document as it will be signed: read, hashed, frozen.
 */
export type DocumentView = {
/**
 * Name as given by the site, with bidirectional and other invisible controls made visible (`⟨U+202E⟩`).
 */
name: string,
/**
 * Its content was read and hashed here. Otherwise the site gave its digest, and nobody here saw it.
 */
seen: boolean,
/**
 * Size in bytes; 0 where it was not seen.
 */
size: number,
/**
 * SM3 of the content, lower-case hex.
 */
sm3: string,
/**
 * SHA-256 of the content, lower-case hex; empty where it was not seen.
 */
sha256: string,
/**
 * What a seal's signature will say that it belongs to; empty where that is nothing.
 */
propertyInfo: string,
/**
 * How it is signed.
 */
format: SignFormat,
/**
 * Where the seal is drawn; where it does not stand in the document itself, the site says that it will draw it there.
 */
placement?: Placement,
/**
 * The seal lies over the right edges of all pages, its middle as many millimetres from their upper edges.
 */
straddling?: number,
/**
 * What there is to know of it.
 */
notices: Array<DocumentNotice>, };

/**
 * Workspace → background.
 */
export type FromWorkspace = { "type": "refresh", } | { "type": "show-window", } | { "type": "end-sessions", } | { "type": "add-anchors",
/**
 * The file: DER, PEM, PKCS#7 or Base64.
 */
file: Base64, } | { "type": "remove-anchor",
/**
 * `AnchorView::certificate`.
 */
certificate: string, } | { "type": "explain",
/**
 * As the user pasted it; empty to take it back.
 */
message: string, } | { "type": "quote-renewal",
/**
 * `CertificateView::certificate`.
 */
certificate: string,
/**
 * How it would be renewed.
 */
order: RenewalOrder, } | { "type": "examine", } | { "type": "repair",
/**
 * What.
 */
repair: Repair,
/**
 * Tell only.
 */
dryRun: boolean,
/**
 * Take it back.
 */
undo: boolean, } | { "type": "test-signature",
/**
 * `TokenView::token`.
 */
token: string,
/**
 * `CertificateView::certificate`.
 */
certificate: string,
/**
 * The PIN; absent with a protected authentication path.
 */
pin?: Pin, };

/**
 * Who holds a certificate.
 */
export type HolderKind = "unit" | "person" | "expert" | "unknown";

/**
 * Phases of an operation, as its window shows them.
 */
export type Phase = { "type": "looking", } | { "type": "choosing", } | { "type": "working",
/**
 * Items signed.
 */
done: number,
/**
 * Items in all.
 */
total: number, } | { "type": "awaiting", } | { "type": "done", } | { "type": "failed",
/**
 * Why.
 */
error: CatalogueError,
/**
 * The name of the document that it is about, where the error itself doesn't name it.
 */
document?: string, };

/**
 * How a certificate would be renewed, where it does not say so itself.
 */
export type RenewalOrder = {
/**
 * Years of the term.
 */
years: number,
/**
 * Seals that are renewed along with it.
 */
seals: number,
/**
 * The role in which its holder takes part in procurement.
 */
role?: string, };

/**
 * An electronic seal in a key, in plain words.
 */
export type SealView = {
/**
 * SHA-256 of its DER, lower-case hex: the reference in decisions. Empty where its bytes are not known.
 */
seal: string,
/**
 * Its name; of an object that is not readable the label.
 */
name: string,
/**
 * The standard by which it is made; empty where it can't be read.
 */
standard: string,
/**
 * Made by GB/T 38540-2020 or later: a 国标印章.
 */
national: boolean,
/**
 * Who made it, as the maker's certificate says; empty where that can't be read.
 */
maker: string,
/**
 * The maker's own certificate is among those that the user or an administrator added.
 */
makerListed: boolean,
/**
 * Start of validity, ISO 8601 UTC.
 */
validFrom: string,
/**
 * End of validity, ISO 8601 UTC.
 */
validUntil: string,
/**
 * Days left by the calendar of China: 0 on the last day, negative after it.
 */
daysLeft: number,
/**
 * `CertificateView::certificate` of those on the same key that may use it.
 */
certificates: Array<string>,
/**
 * Its picture, where browsers can show it.
 */
picture?: SealPicture,
/**
 * Width of the picture in millimetres.
 */
width: number,
/**
 * Height of the picture in millimetres.
 */
height: number,
/**
 * Why it can't be set on documents, if so.
 */
problem?: CatalogueError,
/**
 * What else there is to say: a maker that is not listed, an end that is near.
 */
findings: Array<Finding>, };

/**
 * What a site is, which decides what it may ask.
 */
export type SiteKind = "portal" | "hall" | "added";

/**
 * The site that asks.
 */
export type SiteView = {
/**
 * Serialised origin, punycode.
 */
origin: string,
/**
 * The origin with an international host name in its own script, where that differs.
 */
unicode?: string,
/**
 * Name from the list of known sites.
 */
name?: string,
/**
 * What it may ask.
 */
kind: SiteKind,
/**
 * The user never used Yinxin on it before.
 */
firstUse: boolean,
/**
 * On the user's own machine (a development portal).
 */
local: boolean, };

/**
 * What can be seen of the content of a text.
 */
export type TextContent = "readable" | "encoded" | "digest";

/**
 * A text as it will be signed.
 */
export type TextView = {
/**
 * The signed bytes as UTF-8, with invisible characters made visible, line breaks as breaks, long runs of blanks folded;
 * of a long one its beginning.
 */
beginning: string,
/**
 * Of a long one its end; else empty.
 */
end: string,
/**
 * Size in bytes.
 */
size: number,
/**
 * What can be seen of its content.
 */
content: TextContent,
/**
 * SM3 of the bytes, lower-case hex.
 */
sm3: string, };

/**
 * A key as a window shows it.
 */
export type TokenView = {
/**
 * `crate::token::Token::token`.
 */
token: string,
/**
 * Label.
 */
label: string,
/**
 * Manufacturer and model.
 */
model: string,
/**
 * Serial number.
 */
serial: string,
/**
 * State of the PIN.
 */
pin: PinTries,
/**
 * Length of the PIN.
 */
pinLength: PinLength,
/**
 * The PIN is typed on the key itself.
 */
protectedPath: boolean,
/**
 * The initial PIN is still in use.
 */
initialPin: boolean,
/**
 * The software key.
 */
demo: boolean,
/**
 * Its certificates: usable ones first.
 */
certificates: Array<CertificateView>,
/**
 * Its electronic seals: usable ones first.
 */
seals: Array<SealView>,
/**
 * Why no certificate of it can be used, if so.
 */
problem?: CatalogueError, };

/**
 * What a path to a trust anchor says of a certificate.
 */
export type TrustView = { "type": "national",
/**
 * The CA or root.
 */
anchor: string,
/**
 * The date of the list that names it, ISO 8601.
 */
listed: string, } | { "type": "added",
/**
 * Its name.
 */
anchor: string, } | { "type": "unknown",
/**
 * What is missing.
 */
finding: Finding, } | { "type": "refused",
/**
 * The gravest of it.
 */
finding: Finding, };

/**
 * What the workspace shows: the host, the keys and the sites.
 */
export type WorkspaceView = {
/**
 * Version of the extension.
 */
extension: string,
/**
 * Version of the host, once it greeted.
 */
host?: string,
/**
 * Why the host can't be used, if so.
 */
problem?: CatalogueError,
/**
 * The host has not answered yet.
 */
looking: boolean,
/**
 * The keys.
 */
tokens: Array<TokenView>,
/**
 * Libraries tried.
 */
modules: Array<Module>,
/**
 * CAs that the product itself trusts.
 */
national: number,
/**
 * The date of the list that names them, ISO 8601.
 */
nationalListed: string,
/**
 * Trust anchors that were added.
 */
anchors: Array<AnchorView>,
/**
 * What came of the last change of them: an error, or the names that were added.
 */
anchorNews?: AnchorNews, };

// ── Background ↔ state machine ──

/**
 * What the background has to do, in order.
 */
export type FlowAction = { "type": "answer",
/**
 * Which.
 */
call: number,
/**
 * The program's own envelope.
 */
body: unknown, } | { "type": "unanswered",
/**
 * The port that was called.
 */
port: number,
/**
 * The function.
 */
name: string, } | { "type": "missed", } | { "type": "abandon",
/**
 * `FlowAction::Send::request`.
 */
request: number, } | { "type": "done", } | { "type": "send",
/**
 * Returned with the answer.
 */
request: number,
/**
 * The command.
 */
command: HostCommand,
/**
 * Put the PIN of the last decision into it, and the new one if it has one, then forget them.
 */
withPin: boolean, } | { "type": "open", } | { "type": "show",
/**
 * The view.
 */
view: ConsentView, } | { "type": "close",
/**
 * Something was signed: the site counts as used from now on.
 */
signed: boolean,
/**
 * The user cancelled, or the page's PIN was wrong, which counts towards the origin's back-off. The latter is
 * said also where no window was open.
 */
cancelled: boolean, } | { "type": "start",
/**
 * Which.
 */
timer: FlowTimer,
/**
 * Milliseconds.
 */
ms: number, } | { "type": "stop",
/**
 * Which.
 */
timer: FlowTimer, } | { "type": "session",
/**
 * It does.
 */
open: boolean, };

/**
 * What happened.
 */
export type FlowEvent = { "type": "called",
/**
 * `crate::host::HostEvent::BridgeCall`, as the host told it.
 */
call: number,
/**
 * The port that it called.
 */
port: number,
/**
 * The function's name.
 */
name: string,
/**
 * Those of its fields that the table names, but for those with a PIN.
 */
fields: { [key in string]: string },
/**
 * Names of the fields with a PIN that are not empty.
 */
pins: Array<string>,
/**
 * The user pressed something on the page just before.
 */
pressed: boolean, } | { "type": "gone",
/**
 * For what.
 */
call: number, } | { "type": "host-replied",
/**
 * `FlowAction::Send::request`.
 */
request: number,
/**
 * The answer.
 */
reply: KeyReply, } | { "type": "host-failed",
/**
 * `FlowAction::Send::request`.
 */
request: number,
/**
 * Why.
 */
error: CatalogueError, } | { "type": "tokens-changed", } | { "type": "decided",
/**
 * The decision.
 */
decision: Decision, } | { "type": "window-closed", } | { "type": "window-lost", } | { "type": "window-refused",
/**
 * Why.
 */
error: CatalogueError, } | { "type": "session-ended", } | { "type": "timed-out",
/**
 * Which.
 */
timer: FlowTimer, };

/**
 * What the background knows of the document.
 */
export type FlowStart = {
/**
 * The document's origin, from the browser's record.
 */
origin: string,
/**
 * What the site is.
 */
kind: SiteKind,
/**
 * Its tab.
 */
tab: number,
/**
 * A development build, in which the machine itself counts as a listed portal.
 */
development: boolean,
/**
 * The user never used Yinxin on this origin before.
 */
firstUse: boolean,
/**
 * Trust anchors that the user or an administrator added: DER certificates.
 */
anchors: Array<Base64>, };

/**
 * Timers of the machine.
 */
export type FlowTimer = "consent" | "host" | "next" | "session";

/**
 * What the machine takes of `crate::host::HostReply`. Any other answer is a failure of the host's.
 */
export type KeyReply = { "type": "tokens",
/**
 * Tokens present.
 */
tokens: Array<Token>,
/**
 * Libraries tried.
 */
modules: Array<Module>, } | { "type": "done", } | { "type": "decrypted",
/**
 * What was encrypted.
 */
plaintext: Base64, } | { "type": "signed",
/**
 * One for each item.
 */
signatures: Array<Base64>, };

/**
 * What is to be signed of a document that was prepared.
 */
export type PreparedFacts = {
/**
 * SM3 of all that is covered.
 */
sm3: Base64,
/**
 * SHA-256 of it.
 */
sha256: Base64,
/**
 * What a seal says that it belongs to (`propertyInfo`).
 */
propertyInfo: string,
/**
 * What the user should know of the document.
 */
notices: Array<DocumentNotice>, };

/**
 * How a signature is set in a document.
 */
export type Setting = {
/**
 * An embedded one.
 */
format: SignFormat,
/**
 * Where its picture is drawn.
 */
placement?: Placement,
/**
 * Over the right edges of all pages, its middle as many millimetres from their upper edges.
 */
straddling?: number,
/**
 * Further signatures may follow.
 */
toBeContinued: boolean,
/**
 * Who signs. Without, it is only seen whether the document could be signed.
 */
signer?: Signer, };

/**
 * Who signs, and when.
 */
export type Signer = {
/**
 * DER of the certificate.
 */
certificate: Base64,
/**
 * DER of the seal, where one is set or seen.
 */
seal?: Base64,
/**
 * The time that is claimed, ISO 8601 UTC.
 */
time: string, };

/**
 * What the background has to do, in order.
 */
export type SigningAction = { "type": "read",
/**
 * Index of the document.
 */
document: number,
/**
 * Offset in bytes.
 */
offset: number,
/**
 * Number of bytes.
 */
length: number, } | { "type": "send",
/**
 * Returned with the answer.
 */
call: number,
/**
 * The command.
 */
command: HostCommand,
/**
 * Put the PIN of the last decision into it, then forget it.
 */
withPin: boolean, } | { "type": "abandon",
/**
 * `SigningAction::Send::call`.
 */
call: number, } | { "type": "open", } | { "type": "show",
/**
 * The view.
 */
view: ConsentView, } | { "type": "close", } | { "type": "start",
/**
 * Which.
 */
timer: SigningTimer,
/**
 * Milliseconds.
 */
ms: number, } | { "type": "stop",
/**
 * Which.
 */
timer: SigningTimer, } | { "type": "deliver",
/**
 * Index of the document.
 */
document: number,
/**
 * First bytes.
 */
head: Base64,
/**
 * Whether the content stands between.
 */
content: boolean,
/**
 * Last bytes.
 */
tail: Base64, } | { "type": "prepare",
/**
 * Index of the document.
 */
document: number,
/**
 * How.
 */
setting: Setting, } | { "type": "embed",
/**
 * Index of the document.
 */
document: number,
/**
 * A CMS or an `SES_Signature`.
 */
value: Base64, } | { "type": "deliver-embedded",
/**
 * Index of the document.
 */
document: number, } | { "type": "reply",
/**
 * The answer; at most one is final.
 */
outcome: PageOutcome, } | { "type": "finish",
/**
 * Signed and delivered: the site counts as used from now on.
 */
signed: boolean,
/**
 * The user cancelled, or the page withdrew an open window, which counts towards the origin's back-off.
 */
cancelled: boolean, };

/**
 * What happened.
 */
export type SigningEvent = { "type": "host-replied",
/**
 * `SigningAction::Send::call`.
 */
call: number,
/**
 * The answer.
 */
reply: KeyReply, } | { "type": "host-failed",
/**
 * `SigningAction::Send::call`.
 */
call: number,
/**
 * Why.
 */
error: CatalogueError, } | { "type": "host-progress",
/**
 * `SigningAction::Send::call`.
 */
call: number,
/**
 * Items signed so far.
 */
done: number, } | { "type": "tokens-changed", } | { "type": "document-unreadable",
/**
 * Index of the document.
 */
document: number, } | { "type": "prepared",
/**
 * Index of the document.
 */
document: number,
/**
 * What is to be signed.
 */
facts: PreparedFacts, } | { "type": "embedded",
/**
 * Index of the document.
 */
document: number,
/**
 * Size of the new document in bytes.
 */
size: number, } | { "type": "document-refused",
/**
 * Index of the document.
 */
document: number,
/**
 * Why.
 */
error: CatalogueError, } | { "type": "decided",
/**
 * The decision.
 */
decision: Decision, } | { "type": "window-closed", } | { "type": "window-lost", } | { "type": "page-gone", } | { "type": "page-cancelled", } | { "type": "timed-out",
/**
 * Which.
 */
timer: SigningTimer, };

/**
 * A call of a page with what the background knows about its sender.
 */
export type SigningStart = {
/**
 * The call, unchecked.
 */
request: PageRequest,
/**
 * The sender's origin, from the browser's record.
 */
origin: string,
/**
 * What the site is.
 */
kind: SiteKind,
/**
 * A development build, in which the machine itself counts as a listed portal.
 */
development: boolean,
/**
 * The user acted on the page just now.
 */
activated: boolean,
/**
 * The user never used Yinxin on this origin before.
 */
firstUse: boolean,
/**
 * Trust anchors that the user or an administrator added: DER certificates.
 */
anchors: Array<Base64>, };

/**
 * Timers of the machine.
 */
export type SigningTimer = "read" | "consent" | "host" | "linger";

/**
 * A program whose calls are answered.
 */
export type Skin = "rs" | "itrus" | "mtoken" | "bjca" | "jit";
