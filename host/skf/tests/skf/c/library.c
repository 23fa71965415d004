/* A library of SKF for tests: one device, one application, one container, answers that never change. What it
   does wrong is chosen by skf_test_fault; what was called is told by skf_test_log. */
#include "skf.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define OK 0
#define SAR(n) (0x0A000000u + (n))
#define CALL __attribute__((visibility("default"))) ULONG DEVAPI

#ifndef FAULT
#define FAULT ""
#endif

static const char *fault = FAULT;
static char log_text[8192];
static char device, application, container, session_key, digest;
static BLOCKCIPHERPARAM parameters;
static char digest_text[64];
static BYTE file_bytes[10000];
static ULONG file_size = sizeof file_bytes;

static int is(const char *name) { return strcmp(fault, name) == 0; }

static void say(const char *what) {
    if (strlen(log_text) + strlen(what) + 2 < sizeof log_text) {
        strcat(log_text, what);
        strcat(log_text, "\n");
    }
}

__attribute__((visibility("default"))) void skf_test_fault(const char *name) { fault = name; }
__attribute__((visibility("default"))) const char *skf_test_log(void) { return log_text; }

/* Tells a number as libraries do: in 32 bits, or in as many as a long has. */
static void number(ULONG *out, ULONG value) {
    if (is("wide"))
        *(unsigned long *)out = value;
    else
        *out = value;
}

static void handle(HANDLE *out, void *value) {
    if (!is("no-handle"))
        *out = value;
}

/* An answer in two steps. */
static ULONG answer(const void *bytes, ULONG length, void *out, ULONG *size) {
    if (is("unknown-code"))
        return 0x88000043;
    if (!out) {
        if (is("no-length"))
            return SAR(0x06);
        number(size, is("grows") ? 2 : is("huge") ? 0xFFFFFFF0u : length);
        return OK;
    }
    if (is("lies")) {
        number(size, 0x7FFFFFFF);
        return OK;
    }
    if (*size < length)
        return SAR(0x20);
    memcpy(out, bytes, length);
    number(size, length);
    return OK;
}

/* A list with one name, or what the fault makes of it. */
static ULONG list(const char *name, void *out, ULONG *size) {
    static char many[40000];
    ULONG length = (ULONG)strlen(name) + 2;
    memset(many, 0, sizeof many);
    strcpy(many, name);
    if (is("unterminated"))
        length -= 2;
    if (is("empty"))
        length = 0;
    if (is("only-nul")) {
        memset(many, 0, 4);
        length = 1;
    }
    if (is("behind-the-end")) {
        memcpy(many + length, "not a name\0", 12);
        length += 12;
    }
    if (is("twice")) {
        strcpy(many + strlen(name) + 1, name);
        length += (ULONG)strlen(name) + 1;
    }
    if (is("odd-names")) {
        static const char odd[] = "a/b\\c\0" "\n\t\x7F\x1B[31m\0" "\xE5\x8D\xB0\xD3\xA1\0" "\xFF\xFE\0" "%s%n\0";
        memcpy(many, odd, sizeof odd);
        length = sizeof odd;
    }
    if (is("many")) {
        for (int i = 0; i < 1025; i++)
            sprintf(many + 5 * i, "%04d", i);
        length = 5 * 1025 + 1;
    }
    if (is("long-name")) {
        memset(many, 'x', 300);
        length = 302;
    }
    return answer(many, length, out, size);
}

CALL SKF_EnumDev(BOOL present, LPSTR names, ULONG *size) {
    if (present > 1)
        return SAR(0x06);
    return list(is("gbk") ? "\xD3\xA1\xD0\xC5" : present ? "key 1" : "key 0", names, size);
}

CALL SKF_ConnectDev(LPSTR name, DEVHANDLE *out) {
    if (is("driver-missing"))
        return 1;
    if (strcmp(name, is("gbk") ? "\xD3\xA1\xD0\xC5" : "key 1") != 0)
        return SAR(0x23);
    say("connect");
    handle(out, &device);
    return OK;
}

CALL SKF_DisConnectDev(DEVHANDLE h) {
    say(h == &device ? "disconnect" : "disconnect what?");
    return OK;
}

CALL SKF_GetDevState(LPSTR name, ULONG *state) {
    number(state, strcmp(name, "key 1") == 0 ? 1 : is("odd-state") ? 77 : 0);
    return OK;
}

CALL SKF_SetLabel(DEVHANDLE h, LPSTR label) {
    say(label);
    return h == &device ? OK : SAR(0x05);
}

CALL SKF_GetDevInfo(DEVHANDLE h, DEVINFO *out) {
    DEVINFO info;
    memset(&info, 0, sizeof info);
    info.Version.major = 1;
    strcpy(info.Manufacturer, "Example");
    memset(info.Issuer, ' ', 64);
    memcpy(info.Issuer, "Nobody", 6);
    strcpy(info.Label, is("control") ? "a\nb" : "Key");
    if (is("erased"))
        memset(info.Label, 0xFF, 32);
    memcpy(info.SerialNumber, "0123456789ABCDEF0123456789ABCDEF", 32);
    if (is("turns")) {
        static char turn = 'A';
        info.SerialNumber[0] = turn++;
    }
    info.HWVersion.major = 2;
    info.FirmwareVersion.minor = 3;
    info.AlgSymCap = 0x500;
    info.AlgAsymCap = 0x30000;
    info.AlgHashCap = 7;
    info.DevAuthAlgId = 0x401;
    info.TotalSpace = 65536;
    info.FreeSpace = is("numbers") ? 65537 : 4096;
    if (h != &device)
        return SAR(0x05);
    if (is("unpacked")) {
        memcpy(out, &info, 198);
        memcpy((BYTE *)out + 200, (BYTE *)&info + 198, 96);
    } else
        memcpy(out, &info, sizeof info);
    return OK;
}

CALL SKF_LockDev(DEVHANDLE h, ULONG milliseconds) {
    say("lock");
    return h == &device && milliseconds == 1500 ? OK : SAR(0x06);
}

CALL SKF_UnlockDev(DEVHANDLE h) {
    say("unlock");
    return h == &device ? OK : SAR(0x05);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change = PTHREAD_COND_INITIALIZER;
static int waiting, cancelled;

CALL SKF_WaitForDevEvent(LPSTR name, ULONG *length, ULONG *event) {
    if (is("event")) {
        if (*length < 6)
            return SAR(0x20);
        strcpy(name, "key 1");
        number(length, 6);
        number(event, 1);
        return OK;
    }
    if (is("no-event-name")) {
        number(length, 0xFFFFFFFF);
        number(event, 9);
        return OK;
    }
    if (is("cannot-wait"))
        return SAR(0x03);
    pthread_mutex_lock(&mutex);
    waiting = 1;
    while (!cancelled)
        pthread_cond_wait(&change, &mutex);
    waiting = 0;
    pthread_mutex_unlock(&mutex);
    return SAR(0x22);
}

__attribute__((visibility("default"))) int skf_test_waits(void) {
    pthread_mutex_lock(&mutex);
    int now = waiting;
    pthread_mutex_unlock(&mutex);
    return now;
}

CALL SKF_CancelWaitForDevEvent(void) {
    pthread_mutex_lock(&mutex);
    cancelled = 1;
    pthread_cond_broadcast(&change);
    pthread_mutex_unlock(&mutex);
    return OK;
}

CALL SKF_ChangeDevAuthKey(DEVHANDLE h, BYTE *key, ULONG length) {
    return h == &device && length == 16 && key[15] == 0x77 ? OK : SAR(0x06);
}

CALL SKF_GenRandom(DEVHANDLE h, BYTE *out, ULONG length) {
    for (ULONG i = 0; i < length; i++)
        out[i] = (BYTE)(0x10 + i);
    return h == &device ? OK : SAR(0x05);
}

/* The cipher of this device: each byte XOR 5A. */
CALL SKF_DevAuth(DEVHANDLE h, BYTE *proof, ULONG length) {
    if (h != &device || length != 16)
        return SAR(0x10);
    for (int i = 0; i < 16; i++)
        if (proof[i] != ((i < 8 ? 0x10 + i : 0) ^ 0x5A))
            return SAR(0x33);
    return OK;
}

CALL SKF_SetSymmKey(DEVHANDLE h, BYTE *key, ULONG algorithm, HANDLE *out) {
    (void)key;
    if (h != &device || algorithm != 0x401)
        return SAR(0x06);
    handle(out, &session_key);
    return OK;
}

static ULONG cipher_init(HANDLE h, BLOCKCIPHERPARAM given) {
    char text[64];
    parameters = given;
    sprintf(text, "cipher iv %u %02x %02x padding %u feed %u", given.IVLen, given.IV[0], given.IV[31],
            given.PaddingType, given.FeedBitLen);
    say(text);
    return h == &session_key ? OK : SAR(0x05);
}

CALL SKF_EncryptInit(HANDLE h, BLOCKCIPHERPARAM given) { return cipher_init(h, given); }
CALL SKF_DecryptInit(HANDLE h, BLOCKCIPHERPARAM given) { return cipher_init(h, given); }

static ULONG cipher(HANDLE h, BYTE *in, ULONG length, BYTE *out, ULONG *size) {
    if (h != &session_key || parameters.PaddingType != 0)
        return SAR(0x06);
    if (is("lies")) {
        number(size, length + 1000);
        return OK;
    }
    if (*size < length)
        return SAR(0x20);
    for (ULONG i = 0; i < length; i++)
        out[i] = in[i] ^ 0x5A;
    number(size, length);
    return OK;
}

CALL SKF_Encrypt(HANDLE h, BYTE *in, ULONG n, BYTE *out, ULONG *size) { return cipher(h, in, n, out, size); }
CALL SKF_DecryptUpdate(HANDLE h, BYTE *in, ULONG n, BYTE *out, ULONG *size) { return cipher(h, in, n, out, size); }
CALL SKF_DecryptFinal(HANDLE h, BYTE *out, ULONG *size) {
    (void)out;
    number(size, is("lies") ? 100 : 0);
    return h == &session_key ? OK : SAR(0x05);
}

CALL SKF_ChangePIN(HAPPLICATION h, ULONG kind, LPSTR old, LPSTR pin, ULONG *left) {
    if (h != &application || kind != 1)
        return SAR(0x06);
    if (strcmp(old, "123456") != 0) {
        number(left, 4);
        return SAR(0x24);
    }
    say(pin);
    return OK;
}

CALL SKF_GetPINInfo(HAPPLICATION h, ULONG kind, ULONG *max, ULONG *left, BOOL *initial) {
    if (h != &application || kind > 1)
        return SAR(0x06);
    if (is("untold"))
        return OK;
    number(max, is("pin-numbers") ? 3 : is("no-tries") ? 0 : 10);
    number(left, is("huge-tries") ? 100000 : is("no-tries") ? 0 : 6);
    *(BYTE *)initial = 1;
    return OK;
}

CALL SKF_VerifyPIN(HAPPLICATION h, ULONG kind, LPSTR pin, ULONG *left) {
    if (h != &application || kind > 1)
        return SAR(0x06);
    say("verify");
    if (strcmp(pin, "123456") == 0)
        return OK;
    if (!is("untold"))
        number(left, is("huge-tries") ? 0x10000 : 5);
    return is("unknown-code") ? SAR(0x3B) : SAR(0x24);
}

CALL SKF_UnblockPIN(HAPPLICATION h, LPSTR admin, LPSTR pin, ULONG *left) {
    number(left, 2);
    return h == &application && strcmp(admin, "654321") == 0 && strcmp(pin, "111111") == 0 ? OK : SAR(0x24);
}

CALL SKF_ClearSecureState(HAPPLICATION h) {
    say("clear");
    return h == &application ? OK : SAR(0x05);
}

CALL SKF_CreateApplication(DEVHANDLE h, LPSTR name, LPSTR admin, ULONG admin_tries, LPSTR pin, ULONG tries,
                           ULONG rights, HAPPLICATION *out) {
    if (h != &device || strcmp(name, "NEW") != 0 || strcmp(admin, "654321") != 0 || admin_tries != 5 ||
        strcmp(pin, "123456") != 0 || tries != 6 || rights != 0x10)
        return SAR(0x06);
    handle(out, &application);
    return OK;
}

CALL SKF_EnumApplication(DEVHANDLE h, LPSTR names, ULONG *size) {
    return h == &device ? list("APP", names, size) : SAR(0x05);
}

CALL SKF_DeleteApplication(DEVHANDLE h, LPSTR name) {
    return h == &device && strcmp(name, "NEW") == 0 ? OK : SAR(0x2E);
}

CALL SKF_OpenApplication(DEVHANDLE h, LPSTR name, HAPPLICATION *out) {
    if (h != &device)
        return SAR(0x05);
    if (strcmp(name, "APP") != 0)
        return SAR(0x2E);
    handle(out, &application);
    return OK;
}

CALL SKF_CloseApplication(HAPPLICATION h) {
    say(h == &application ? "close application" : "close what?");
    return OK;
}

CALL SKF_CreateFile(HAPPLICATION h, LPSTR name, ULONG size, ULONG read, ULONG write) {
    if (h != &application || strcmp(name, "seal") != 0 || read != 0xFF || write != 0x10)
        return SAR(0x06);
    if (size > sizeof file_bytes)
        return SAR(0x30);
    file_size = size;
    memset(file_bytes, 0, sizeof file_bytes);
    return OK;
}

CALL SKF_DeleteFile(HAPPLICATION h, LPSTR name) {
    return h == &application && strcmp(name, "seal") == 0 ? OK : SAR(0x31);
}

CALL SKF_EnumFiles(HAPPLICATION h, LPSTR names, ULONG *size) {
    return h == &application ? list("seal", names, size) : SAR(0x05);
}

CALL SKF_GetFileInfo(HAPPLICATION h, LPSTR name, FILEATTRIBUTE *out) {
    if (h != &application || strcmp(name, "seal") != 0)
        return SAR(0x31);
    memset(out->FileName, 'x', 32);
    out->FileSize = file_size;
    out->ReadRights = 0xFF;
    out->WriteRights = 0x10;
    return OK;
}

CALL SKF_ReadFile(HAPPLICATION h, LPSTR name, ULONG offset, ULONG size, BYTE *out, ULONG *length) {
    if (h != &application || strcmp(name, "seal") != 0)
        return SAR(0x31);
    if (offset > file_size || *length < size)
        return SAR(0x06);
    if (is("lies")) {
        number(length, size + 1);
        return OK;
    }
    if (size > file_size - offset)
        size = file_size - offset;
    memcpy(out, file_bytes + offset, size);
    number(length, size);
    return OK;
}

CALL SKF_WriteFile(HAPPLICATION h, LPSTR name, ULONG offset, BYTE *bytes, ULONG size) {
    if (h != &application || strcmp(name, "seal") != 0)
        return SAR(0x31);
    if (offset > file_size || size > file_size - offset)
        return SAR(0x06);
    memcpy(file_bytes + offset, bytes, size);
    return OK;
}

static ULONG open_container(HAPPLICATION h, LPSTR name, HCONTAINER *out) {
    if (h != &application || strcmp(name, "CON") != 0)
        return SAR(0x101);
    handle(out, &container);
    return OK;
}

CALL SKF_CreateContainer(HAPPLICATION h, LPSTR name, HCONTAINER *out) { return open_container(h, name, out); }
CALL SKF_OpenContainer(HAPPLICATION h, LPSTR name, HCONTAINER *out) { return open_container(h, name, out); }
CALL SKF_DeleteContainer(HAPPLICATION h, LPSTR name) {
    return h == &application && strcmp(name, "CON") == 0 ? OK : SAR(0x101);
}

CALL SKF_CloseContainer(HCONTAINER h) {
    say(h == &container ? "close container" : "close what?");
    return OK;
}

CALL SKF_EnumContainer(HAPPLICATION h, LPSTR names, ULONG *size) {
    return h == &application ? list("CON", names, size) : SAR(0x05);
}

CALL SKF_GetContainerType(HCONTAINER h, ULONG *kind) {
    number(kind, is("odd-kind") ? 9 : 2);
    return h == &container ? OK : SAR(0x05);
}

CALL SKF_ImportCertificate(HCONTAINER h, BOOL sign, BYTE *bytes, ULONG length) {
    return h == &container && !sign && length == 3 && bytes[2] == 3 ? OK : SAR(0x06);
}

CALL SKF_ExportCertificate(HCONTAINER h, BOOL sign, BYTE *out, ULONG *size) {
    if (h != &container)
        return SAR(0x05);
    if (!sign)
        return SAR(0x1C);
    return answer("certificate", 11, out, size);
}

static ECCPUBLICKEYBLOB point(void) {
    ECCPUBLICKEYBLOB key;
    memset(&key, 0, sizeof key);
    key.BitLen = 256;
    memset(key.XCoordinate + 32, 0x11, 32);
    memset(key.YCoordinate + 32, 0x22, 32);
    return key;
}

static RSAPUBLICKEYBLOB modulus(void) {
    RSAPUBLICKEYBLOB key;
    memset(&key, 0, sizeof key);
    key.AlgID = 0x10000;
    key.BitLen = 2048;
    memset(key.Modulus, 0xEE, 256);
    key.PublicExponent[1] = 1;
    key.PublicExponent[3] = 1;
    return key;
}

CALL SKF_ExportPublicKey(HCONTAINER h, BOOL sign, BYTE *out, ULONG *size) {
    ECCPUBLICKEYBLOB sm2 = point();
    RSAPUBLICKEYBLOB rsa = modulus();
    if (h != &container)
        return SAR(0x05);
    if (!sign)
        return SAR(0x1B);
    if (is("rsa"))
        return answer(&rsa, sizeof rsa, out, size);
    return answer(&sm2, is("odd-length") ? 131 : sizeof sm2, out, size);
}

CALL SKF_GenECCKeyPair(HCONTAINER h, ULONG algorithm, ECCPUBLICKEYBLOB *out) {
    if (h != &container || algorithm != (is("old-ids") ? 0x20100 : 0x20200))
        return SAR(0x03);
    *out = point();
    if (is("no-point"))
        memset(out, 0, sizeof *out);
    return OK;
}

CALL SKF_GenRSAKeyPair(HCONTAINER h, ULONG bits, RSAPUBLICKEYBLOB *out) {
    if (h != &container || bits != 2048)
        return SAR(0x0B);
    *out = modulus();
    return OK;
}

CALL SKF_ImportECCKeyPair(HCONTAINER h, ENVELOPEDKEYBLOB *blob) {
    return h == &container && blob->Version == 1 && blob->ulSymmAlgID == 0x401 && blob->ulBits == 256 &&
                   blob->cbEncryptedPriKey[63] == 0xAA && blob->PubKey.BitLen == 256 &&
                   blob->PubKey.YCoordinate[63] == 0xBB && blob->ECCCipherBlob.YCoordinate[63] == 0xCC &&
                   blob->ECCCipherBlob.HASH[31] == 0xDD && blob->ECCCipherBlob.CipherLen == 16 &&
                   blob->ECCCipherBlob.Cipher[15] == 0xEE
               ? OK
               : SAR(0x06);
}

CALL SKF_ImportRSAKeyPair(HCONTAINER h, ULONG algorithm, BYTE *key, ULONG key_length, BYTE *data, ULONG length) {
    return h == &container && algorithm == 0x401 && key_length == 256 && key[255] == 1 && length == 2 && data[1] == 2
               ? OK
               : SAR(0x06);
}

CALL SKF_ImportSessionKey(HCONTAINER h, ULONG algorithm, BYTE *blob, ULONG length, HANDLE *out) {
    ECCCIPHERBLOB *wrapped = (ECCCIPHERBLOB *)blob;
    ULONG expected = (is("counts-one-more") ? 165 : 164) + 16;
    if (h != &container || algorithm != 0x402)
        return SAR(0x06);
    if (length != 256 && (length != expected || wrapped->CipherLen != 16))
        return SAR(0x10);
    handle(out, &session_key);
    return OK;
}

CALL SKF_ECCSignData(HCONTAINER h, BYTE *data, ULONG length, ECCSIGNATUREBLOB *out) {
    if (h != &container || length != 32)
        return SAR(0x10);
    if (is("removed"))
        return SAR(0x23);
    memset(out, 0, sizeof *out);
    if (is("zero"))
        return OK;
    memcpy(out->r + 32, data, 32);
    memset(out->s + 32, 0x33, 32);
    if (is("high-bytes"))
        out->s[31] = 1;
    /* As a library with longer fields would. */
    if (is("overrun"))
        memset(out, 0, 500);
    return OK;
}

CALL SKF_RSASignData(HCONTAINER h, BYTE *data, ULONG length, BYTE *out, ULONG *size) {
    if (h != &container || length != 51)
        return SAR(0x10);
    if (!out || *size < 256)
        return SAR(0x20);
    say("sign rsa");
    memset(out, data[50], 256);
    number(size, is("lies") ? 513 : is("zero") ? 0 : 256);
    return OK;
}

CALL SKF_DigestInit(DEVHANDLE h, ULONG algorithm, ECCPUBLICKEYBLOB *key, BYTE *id, ULONG length, HANDLE *out) {
    if (h != &device || algorithm != 1 || (length == 0) != (key == 0))
        return SAR(0x06);
    digest_text[0] = 0;
    if (key) {
        if (key->XCoordinate[63] != 0x11)
            return SAR(0x06);
        strncat(digest_text, (char *)id, length);
    }
    handle(out, &digest);
    return OK;
}

CALL SKF_DigestUpdate(HANDLE h, BYTE *data, ULONG length) {
    if (h != &digest || length > 4096)
        return SAR(0x06);
    strncat(digest_text, (char *)data, length > 8 ? 8 : length);
    return OK;
}

/* The digest of this device: what it is of, in 32 bytes. */
CALL SKF_DigestFinal(HANDLE h, BYTE *out, ULONG *size) {
    if (h != &digest || *size < 32)
        return SAR(0x20);
    memset(out, 0, 32);
    strncpy((char *)out, digest_text, 31);
    number(size, is("lies") ? 65 : 32);
    return OK;
}

CALL SKF_CloseHandle(HANDLE h) {
    say(h == &session_key ? "close key" : h == &digest ? "close digest" : "close what?");
    return OK;
}

/* What nobody calls. */
#define UNUSED(name) \
    CALL name(void) { return SAR(0x03); }
UNUSED(SKF_Transmit)
UNUSED(SKF_GenExtRSAKey)
UNUSED(SKF_RSAVerify)
UNUSED(SKF_RSAExportSessionKey)
UNUSED(SKF_ExtRSAPubKeyOperation)
UNUSED(SKF_ExtRSAPriKeyOperation)
UNUSED(SKF_ECCVerify)
UNUSED(SKF_ECCExportSessionKey)
UNUSED(SKF_ExtECCEncrypt)
UNUSED(SKF_ExtECCDecrypt)
UNUSED(SKF_ExtECCSign)
UNUSED(SKF_ExtECCVerify)
UNUSED(SKF_GenerateAgreementDataWithECC)
UNUSED(SKF_GenerateAgreementDataAndKeyWithECC)
UNUSED(SKF_GenerateKeyWithECC)
UNUSED(SKF_EncryptUpdate)
UNUSED(SKF_EncryptFinal)
UNUSED(SKF_Decrypt)
UNUSED(SKF_Digest)
UNUSED(SKF_MacInit)
UNUSED(SKF_MacUpdate)
UNUSED(SKF_MacFinal)
UNUSED(SKF_Mac)
