//! A key with a PIN pad of its own: a small module in C, since no software token has one.

use crate::support::*;
use serde_json::json;

/// A module with one token, one certificate and one private key. `C_Login` takes a second, as a
/// person would, and then answers that the person cancelled; with a PIN it answers that the PIN is
/// wrong. The places in the function list are those of PKCS #11 2.40, section 3.6.
const SOURCE: &str = r#"
#include <string.h>
#include <unistd.h>
typedef unsigned long ulong;
struct attribute { ulong type; void *value; ulong length; };
static const unsigned char certificate[] = { @CERTIFICATE@ };
static ulong wanted, served;

static ulong ok(void) { return 0; }
static ulong slots(unsigned char present, ulong *list, ulong *count)
{ if (list) list[0] = 7; *count = 1; return 0; }
static ulong token_info(ulong slot, unsigned char *info)
{
    ulong numbers[11] = { 0x50d, 0, 0, 0, 0, 16, 4, 0, 0, 0, 0 };
    memset(info, ' ', 96);
    memcpy(info, "pad", 3);
    memcpy(info + 80, "1", 1);
    memcpy(info + 96, numbers, sizeof numbers);
    memset(info + 96 + sizeof numbers, 0, 20);
    return 0;
}
static ulong open_session(ulong slot, ulong flags, void *a, void *n, ulong *session)
{ *session = 1; return 0; }
static ulong login(ulong session, ulong user, unsigned char *pin, ulong length)
{ if (pin) return 0xa0; sleep(1); return 0x50; }
static ulong find_init(ulong session, struct attribute *template, ulong count)
{ wanted = count ? *(ulong *)template[0].value : 0; served = 0; return 0; }
static ulong find(ulong session, ulong *handles, ulong limit, ulong *count)
{
    *count = !served && (wanted == 1 || wanted == 3);
    if (*count) handles[0] = wanted;
    served = 1;
    return 0;
}
static ulong give(struct attribute *to, const void *value, ulong length)
{
    if (to->value) memcpy(to->value, value, length);
    to->length = length;
    return 0;
}
static ulong attributes(ulong session, ulong object, struct attribute *list, ulong count)
{
    ulong result = 0, x509 = 0;
    for (ulong i = 0; i < count; i++) {
        if (list[i].type == 0x102) give(list + i, "\1", 1);
        else if (object == 1 && list[i].type == 0x11) give(list + i, certificate, sizeof certificate);
        else if (object == 1 && list[i].type == 0x80) give(list + i, &x509, sizeof x509);
        else { list[i].length = -1; result = 0x12; }
    }
    return result;
}
static struct { unsigned char version[2]; void *functions[68]; } list = { { 2, 40 }, {
    [0] = ok, [1] = ok, [4] = slots, [6] = token_info, [12] = open_session, [13] = ok,
    [18] = login, [19] = ok, [24] = attributes, [26] = find_init, [27] = find, [28] = ok } };
ulong C_GetFunctionList(void **out) { *out = &list; return 0; }
"#;

#[test]
fn a_pin_is_typed_at_the_key_and_never_asked_for_or_passed_on() {
    let home = home_with_keys("");
    let (der, _) = certificate(&home.host().token("demo-unit"), "01");
    let bytes: Vec<String> = der.iter().map(u8::to_string).collect();
    let source = SOURCE.replace("@CERTIFICATE@", &bytes.join(","));
    let library = c_library(home.path(), "pad", &source);
    // A person at the pad may take longer than any call of a module.
    home.configure(&format!("call_ms = 400\n{}", module("pad", &library, &[])));
    let mut host = home.host();
    let token = host.token("pad");
    assert_eq!(token["protectedPath"], true);
    let (_, name) = certificate(&token, "01");
    let item = json!({"type": "login", "purpose": "login", "challenge": "0123456789abcdef"});
    for pin in [None, Some(PIN)] {
        let mut request = json!({"type": "sign", "origin": "https://a.example",
            "token": token["token"], "certificate": name, "items": [item]});
        if let Some(pin) = pin {
            request["pin"] = pin.into();
        }
        assert_eq!(host.fail(request)["code"], "pin-pad-cancelled");
    }
}
