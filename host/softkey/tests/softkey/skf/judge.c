/* Drives the software key through SKF as a C program does. The first argument names the part, the
 * second a device, the third a folder for what OpenSSL judges. Ends with 1 at the first surprise. */

#define _GNU_SOURCE

#include "skf.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                       \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#define GIVES(code, call)                                                                          \
    do {                                                                                           \
        ULONG given = (call);                                                                      \
        if (given != (ULONG)(code)) {                                                              \
            fprintf(stderr, "%s:%d: %s: 0x%08X\n", __FILE__, __LINE__, #call, given);             \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#define OK(call) GIVES(SAR_OK, call)

static char *device_name, *folder;

static BYTE data[1 << 16];
static ULONG data_len;

static const char *path(const char *name)
{
    static char full[4096];
    snprintf(full, sizeof full, "%s/%s", folder, name);
    return full;
}

static void load(const char *name)
{
    FILE *file = fopen(path(name), "rb");
    CHECK(file);
    data_len = (ULONG)fread(data, 1, sizeof data, file);
    fclose(file);
}

static void store(const char *name, const void *bytes, size_t length)
{
    FILE *file = fopen(path(name), "wb");
    CHECK(file && fwrite(bytes, 1, length, file) == length);
    fclose(file);
}

static DEVHANDLE connect_device(void)
{
    DEVHANDLE device = NULL;
    OK(SKF_ConnectDev(device_name, &device));
    CHECK(device);
    return device;
}

/* The only application of a key that PKCS #11 made. */
static HAPPLICATION open_first(DEVHANDLE device)
{
    char names[256];
    ULONG size = sizeof names;
    HAPPLICATION application = NULL;
    OK(SKF_EnumApplication(device, names, &size));
    OK(SKF_OpenApplication(device, names, &application));
    return application;
}

static void login(HAPPLICATION application)
{
    ULONG left = 99;
    OK(SKF_VerifyPIN(application, USER_TYPE, "246810", &left));
    CHECK(left == 10);
}

/* Whether a list of names has one. The list must end where it says. */
static int has_name(const char *list, ULONG size, const char *name)
{
    CHECK(size > 0 && list[size - 1] == 0);
    while (*list) {
        if (!strcmp(list, name))
            return 1;
        list += strlen(list) + 1;
    }
    return 0;
}

static void put_ecc(const char *name, const ECCPUBLICKEYBLOB *key)
{
    BYTE point[65] = {4};
    BYTE zeros[32] = {0};
    CHECK(key->BitLen == 256 && !memcmp(key->X, zeros, 32) && !memcmp(key->Y, zeros, 32));
    memcpy(point + 1, key->X + 32, 32);
    memcpy(point + 33, key->Y + 32, 32);
    store(name, point, 65);
}

static void put_signature(const char *name, const ECCSIGNATUREBLOB *signature)
{
    BYTE raw[64];
    BYTE zeros[32] = {0};
    CHECK(!memcmp(signature->r, zeros, 32) && !memcmp(signature->s, zeros, 32));
    memcpy(raw, signature->r + 32, 32);
    memcpy(raw + 32, signature->s + 32, 32);
    store(name, raw, 64);
}

static void sm3_z(DEVHANDLE device, ECCPUBLICKEYBLOB *key, BYTE *message, ULONG length, BYTE *e)
{
    HANDLE hash = NULL;
    ULONG size = 32;
    OK(SKF_DigestInit(device, SGD_SM3, key, (BYTE *)"1234567812345678", 16, &hash));
    OK(SKF_Digest(hash, message, length, e, &size));
    CHECK(size == 32);
    OK(SKF_CloseHandle(hash));
}

static void devices(void)
{
    char names[64];
    ULONG needed = 0, size, state = 9;
    DEVINFO info[2];
    DEVHANDLE device;

    OK(SKF_EnumDev(1, NULL, &needed));
    CHECK(needed == strlen(device_name) + 2);
    size = needed - 1;
    memset(names, 0x55, sizeof names);
    GIVES(SAR_BUFFER_TOO_SMALL, SKF_EnumDev(1, names, &size));
    CHECK(size == needed && names[0] == 0x55);
    OK(SKF_EnumDev(1, names, &size));
    CHECK(size == needed && has_name(names, size, device_name) && names[needed] == 0x55);
    OK(SKF_GetDevState(device_name, &state));
    CHECK(state == 1);
    OK(SKF_GetDevState("nobody", &state));
    CHECK(state == 2);
    GIVES(SAR_DEVICE_REMOVED, SKF_ConnectDev("nobody", &device));

    device = connect_device();
    memset(info, 0xEE, sizeof info);
    OK(SKF_GetDevInfo(device, info));
    CHECK(*(BYTE *)(info + 1) == 0xEE);
    CHECK(info->Version.major == 1 && !strcmp(info->Manufacturer, "Yinxin demo"));
    CHECK(strlen(info->SerialNumber) == 16 && !strncmp(info->SerialNumber, "YX", 2));
    CHECK(info->AlgSymCap == 0x403 && info->AlgAsymCap == 0x30A00 && info->AlgHashCap == 5);
    CHECK(info->DevAuthAlgId == SGD_SM4_ECB && info->FreeSpace <= info->TotalSpace);
    store("serial", info->SerialNumber, 16);

    OK(SKF_SetLabel(device, "标签"));
    OK(SKF_GetDevInfo(device, info));
    CHECK(!strcmp(info->Label, "标签"));
    GIVES(SAR_NAMELEN, SKF_SetLabel(device, "12345678901234567890123456789012"));
    GIVES(SAR_INVALIDPARAM, SKF_SetLabel(device, "\xB1\xEA"));

    OK(SKF_DisConnectDev(device));
    GIVES(SAR_INVALIDHANDLE, SKF_GetDevInfo(device, info));
    GIVES(SAR_INVALIDHANDLE, SKF_DisConnectDev(device));
}

static void pins(void)
{
    DEVHANDLE device = connect_device();
    HAPPLICATION application = open_first(device);
    ULONG max = 0, left = 0, tries;
    BOOL by_default = 9;

    OK(SKF_GetPINInfo(application, USER_TYPE, &max, &left, &by_default));
    CHECK(max == 10 && left == 10 && by_default == 0);
    GIVES(SAR_PIN_INCORRECT, SKF_VerifyPIN(application, USER_TYPE, "000000", &left));
    CHECK(left == 9);
    /* What can't be right costs no try. */
    GIVES(SAR_PIN_LEN_RANGE, SKF_VerifyPIN(application, USER_TYPE, "0000", &left));
    GIVES(SAR_INVALIDPARAM, SKF_VerifyPIN(application, USER_TYPE, NULL, &left));
    GIVES(SAR_INVALIDPARAM, SKF_VerifyPIN(application, USER_TYPE, "000000", NULL));
    GIVES(SAR_USER_TYPE_INVALID, SKF_VerifyPIN(application, 2, "000000", &left));
    GIVES(SAR_PIN_LEN_RANGE,
          SKF_VerifyPIN(application, USER_TYPE,
                        "0123456789012345678901234567890123456789012345678901234567890123456789",
                        &left));
    OK(SKF_GetPINInfo(application, USER_TYPE, &max, &left, &by_default));
    CHECK(left == 9);
    login(application);

    GIVES(SAR_PIN_INCORRECT, SKF_ChangePIN(application, USER_TYPE, "000000", "135791", &left));
    CHECK(left == 9);
    OK(SKF_ChangePIN(application, USER_TYPE, "246810", "135791", &left));
    CHECK(left == 10);
    GIVES(SAR_PIN_INCORRECT, SKF_VerifyPIN(application, USER_TYPE, "246810", &left));

    for (tries = 9; tries > 0; tries--) {
        GIVES(SAR_PIN_INCORRECT, SKF_VerifyPIN(application, USER_TYPE, "000000", &left));
        CHECK(left == tries - 1);
    }
    GIVES(SAR_PIN_LOCKED, SKF_VerifyPIN(application, USER_TYPE, "135791", &left));
    CHECK(left == 0);
    GIVES(SAR_PIN_LOCKED, SKF_ChangePIN(application, USER_TYPE, "135791", "246810", &left));

    GIVES(SAR_PIN_INCORRECT, SKF_UnblockPIN(application, "00000000", "246810", &left));
    CHECK(left == 9);
    OK(SKF_UnblockPIN(application, "87654321", "246810", &left));
    CHECK(left == 10);
    OK(SKF_GetPINInfo(application, USER_TYPE, &max, &left, &by_default));
    CHECK(left == 10 && by_default == 1);
    login(application);

    /* One more wrong one, for the other door to see. */
    GIVES(SAR_PIN_INCORRECT, SKF_VerifyPIN(application, USER_TYPE, "000000", &left));
    OK(SKF_DisConnectDev(device));
}

static void signs(void)
{
    DEVHANDLE device = connect_device();
    HAPPLICATION application = open_first(device);
    HCONTAINER container, rsa;
    ECCPUBLICKEYBLOB keys[2], exported;
    ECCSIGNATUREBLOB signatures[2];
    RSAPUBLICKEYBLOB rsa_key, rsa_exported;
    BYTE e[32], raw[256];
    ULONG size, kind = 9;
    ULONG ids[] = {SGD_SM2_1, SGD_SM2_1_OLD};

    GIVES(SAR_USER_NOT_LOGGED_IN, SKF_CreateContainer(application, "sm2", &container));
    login(application);
    OK(SKF_CreateContainer(application, "sm2", &container));
    GIVES(SAR_FILE_ALREADY_EXIST, SKF_CreateContainer(application, "sm2", &rsa));
    OK(SKF_GetContainerType(container, &kind));
    CHECK(kind == 0);
    size = sizeof exported;
    GIVES(SAR_KEYNOTFOUND, SKF_ExportPublicKey(container, 1, (BYTE *)&exported, &size));
    GIVES(SAR_KEYNOTFOUND, SKF_ECCSignData(container, e, 32, signatures));
    GIVES(SAR_NOTSUPPORTYET, SKF_GenECCKeyPair(container, 0x20400, keys));

    load("message");
    for (int i = 0; i < 2; i++) {
        memset(keys, 0xEE, sizeof keys);
        OK(SKF_GenECCKeyPair(container, ids[i], keys));
        CHECK(keys[1].X[0] == 0xEE);
        sm3_z(device, keys, data, data_len, e);
        memset(signatures, 0xEE, sizeof signatures);
        OK(SKF_ECCSignData(container, e, 32, signatures));
        CHECK(signatures[1].r[0] == 0xEE);
        OK(SKF_ECCVerify(device, keys, e, 32, signatures));
        put_ecc(i ? "key-1" : "key-0", keys);
        put_signature(i ? "signature-1" : "signature-0", signatures);
    }
    OK(SKF_ExtECCVerify(device, keys, e, 32, signatures));
    e[0] ^= 1;
    GIVES(SAR_HASHNOTEQUAL, SKF_ECCVerify(device, keys, e, 32, signatures));
    GIVES(SAR_INDATALEN, SKF_ECCVerify(device, keys, e, 31, signatures));
    GIVES(SAR_INDATALEN, SKF_ECCSignData(container, e, 33, signatures));
    signatures->r[0] = 1;
    GIVES(SAR_INVALIDPARAM, SKF_ECCVerify(device, keys, e, 32, signatures));
    OK(SKF_GetContainerType(container, &kind));
    CHECK(kind == 2);
    size = 131;
    GIVES(SAR_BUFFER_TOO_SMALL, SKF_ExportPublicKey(container, 1, (BYTE *)&exported, &size));
    CHECK(size == 132);
    OK(SKF_ExportPublicKey(container, 1, (BYTE *)&exported, &size));
    CHECK(!memcmp(&exported, keys, 132));
    GIVES(SAR_KEYNOTFOUND, SKF_ExportPublicKey(container, 0, (BYTE *)&exported, &size));

    OK(SKF_CreateContainer(application, "rsa", &rsa));
    GIVES(SAR_MODULUSLEN, SKF_GenRSAKeyPair(rsa, 4096, &rsa_key));
    GIVES(SAR_KEYINFOTYPE, SKF_GenRSAKeyPair(container, 2048, &rsa_key));
    OK(SKF_GenRSAKeyPair(rsa, 2048, &rsa_key));
    CHECK(rsa_key.AlgID == 0x10000 && rsa_key.BitLen == 2048);
    store("rsa-key", rsa_key.Modulus, 256 + 4);
    size = sizeof rsa_exported;
    OK(SKF_ExportPublicKey(rsa, 1, (BYTE *)&rsa_exported, &size));
    CHECK(size == 268 && !memcmp(&rsa_exported, &rsa_key, 268));
    load("digest-info");
    size = 255;
    GIVES(SAR_BUFFER_TOO_SMALL, SKF_RSASignData(rsa, data, data_len, raw, &size));
    CHECK(size == 256);
    OK(SKF_RSASignData(rsa, data, data_len, raw, &size));
    store("rsa-signature", raw, size);
    OK(SKF_RSAVerify(device, &rsa_key, data, data_len, raw, size));
    data[0] ^= 1;
    GIVES(SAR_HASHNOTEQUAL, SKF_RSAVerify(device, &rsa_key, data, data_len, raw, size));
    GIVES(SAR_INDATALEN, SKF_RSASignData(rsa, data, 246, raw, &size));
    GIVES(SAR_KEYINFOTYPE, SKF_RSASignData(container, data, 32, raw, &size));
    GIVES(SAR_KEYINFOTYPE, SKF_ECCSignData(rsa, e, 32, signatures));

    OK(SKF_ClearSecureState(application));
    GIVES(SAR_USER_NOT_LOGGED_IN, SKF_ECCSignData(container, e, 32, signatures));
    /* The login is the application's, so it outlives this handle of it. */
    login(application);
    OK(SKF_CloseApplication(application));
    GIVES(SAR_INVALIDHANDLE, SKF_ECCSignData(container, e, 32, signatures));
    application = open_first(device);
    OK(SKF_OpenContainer(application, "sm2", &container));
    OK(SKF_ECCSignData(container, e, 32, signatures));
    OK(SKF_CloseContainer(container));
    OK(SKF_DisConnectDev(device));

    /* But not the last connection. */
    device = connect_device();
    application = open_first(device);
    OK(SKF_OpenContainer(application, "sm2", &container));
    GIVES(SAR_USER_NOT_LOGGED_IN, SKF_ECCSignData(container, e, 32, signatures));
    OK(SKF_DisConnectDev(device));
}

static void containers(void)
{
    DEVHANDLE device = connect_device();
    HAPPLICATION application = open_first(device);
    HCONTAINER container;
    char names[256];
    BYTE der[16];
    ULONG size;

    login(application);
    OK(SKF_CreateContainer(application, "one", &container));
    OK(SKF_CreateContainer(application, "\xC8\xFD", &container));
    size = sizeof names;
    OK(SKF_EnumContainer(application, names, &size));
    CHECK(has_name(names, size, "one") && has_name(names, size, "\xC8\xFD"));
    GIVES(SAR_NAMELEN,
          SKF_CreateContainer(application,
                              "12345678901234567890123456789012345678901234567890123456789012345",
                              &container));
    GIVES(SAR_NAMELEN, SKF_CreateContainer(application, "", &container));
    GIVES(SAR_FILE_NOT_EXIST, SKF_OpenContainer(application, "two", &container));
    OK(SKF_OpenContainer(application, "one", &container));
    size = sizeof der;
    GIVES(SAR_CERTNOTFOUND, SKF_ExportCertificate(container, 0, der, &size));
    /* Only an encryption certificate; what it is, is not the token's to judge. */
    OK(SKF_ImportCertificate(container, 0, (BYTE *)"certificate", 11));
    size = 10;
    GIVES(SAR_BUFFER_TOO_SMALL, SKF_ExportCertificate(container, 0, der, &size));
    CHECK(size == 11);
    OK(SKF_ExportCertificate(container, 0, NULL, &size));
    OK(SKF_ExportCertificate(container, 0, der, &size));
    CHECK(size == 11 && !memcmp(der, "certificate", 11));
    GIVES(SAR_CERTNOTFOUND, SKF_ExportCertificate(container, 1, der, &size));
    OK(SKF_ImportCertificate(container, 0, (BYTE *)"renewed", 7));
    OK(SKF_ExportCertificate(container, 0, der, &size));
    CHECK(size == 7 && !memcmp(der, "renewed", 7));
    GIVES(SAR_INVALIDPARAM, SKF_ImportCertificate(container, 0, der, 0));

    OK(SKF_DeleteContainer(application, "one"));
    GIVES(SAR_FILE_NOT_EXIST, SKF_DeleteContainer(application, "one"));
    GIVES(SAR_FILE_NOT_EXIST, SKF_ExportCertificate(container, 0, der, &size));
    size = sizeof names;
    OK(SKF_EnumContainer(application, names, &size));
    CHECK(!has_name(names, size, "one") && has_name(names, size, "\xC8\xFD"));
    OK(SKF_DisConnectDev(device));
}

static void files(void)
{
    DEVHANDLE device = connect_device();
    HAPPLICATION application = open_first(device);
    FILEATTRIBUTE attribute[2];
    char names[256];
    BYTE content[64];
    ULONG size;

    GIVES(SAR_USER_NOT_LOGGED_IN, SKF_CreateFile(application, "public", 16, ANYONE, USER));
    login(application);
    OK(SKF_CreateFile(application, "public", 16, ANYONE, USER));
    OK(SKF_CreateFile(application, "private", 8, USER, USER));
    OK(SKF_CreateFile(application, "fixed", 4, ANYONE, NEVER));
    GIVES(SAR_FILE_ALREADY_EXIST, SKF_CreateFile(application, "public", 1, ANYONE, USER));
    GIVES(SAR_NOTSUPPORTYET, SKF_CreateFile(application, "admin", 1, ADMIN, USER));
    GIVES(SAR_NAMELEN, SKF_CreateFile(application, "123456789012345678901234567890123", 1, ANYONE, USER));
    GIVES(SAR_NO_ROOM, SKF_CreateFile(application, "huge", 0xFFFFFFFF, ANYONE, USER));

    memset(attribute, 0xEE, sizeof attribute);
    OK(SKF_GetFileInfo(application, "public", attribute));
    CHECK(!strcmp(attribute->FileName, "public") && attribute->FileSize == 16);
    CHECK(attribute->ReadRights == ANYONE && attribute->WriteRights == USER);
    CHECK(*(BYTE *)(attribute + 1) == 0xEE);
    size = sizeof content;
    memset(content, 0x55, sizeof content);
    OK(SKF_ReadFile(application, "public", 0, 64, content, &size));
    CHECK(size == 16 && content[0] == 0 && content[15] == 0 && content[16] == 0x55);
    OK(SKF_WriteFile(application, "public", 4, (BYTE *)"seal", 4));
    OK(SKF_ReadFile(application, "public", 3, 6, NULL, &size));
    CHECK(size == 6);
    size = 5;
    GIVES(SAR_BUFFER_TOO_SMALL, SKF_ReadFile(application, "public", 3, 6, content, &size));
    OK(SKF_ReadFile(application, "public", 3, 6, content, &size));
    CHECK(size == 6 && !memcmp(content, "\0seal\0", 6));
    size = sizeof content;
    OK(SKF_ReadFile(application, "public", 16, 1, content, &size));
    CHECK(size == 0);
    GIVES(SAR_READFILE, SKF_ReadFile(application, "public", 17, 1, content, &size));
    GIVES(SAR_WRITEFILE, SKF_WriteFile(application, "public", 13, (BYTE *)"seal", 4));
    GIVES(SAR_WRITEFILE, SKF_WriteFile(application, "public", 0xFFFFFFFF, (BYTE *)"seal", 4));
    GIVES(SAR_WRITEFILE, SKF_WriteFile(application, "fixed", 0, (BYTE *)"seal", 4));
    OK(SKF_WriteFile(application, "private", 0, (BYTE *)"12345678", 8));

    OK(SKF_ClearSecureState(application));
    size = sizeof names;
    OK(SKF_EnumFiles(application, names, &size));
    CHECK(has_name(names, size, "public") && !has_name(names, size, "private"));
    GIVES(SAR_FILE_NOT_EXIST, SKF_ReadFile(application, "private", 0, 8, content, &size));
    size = sizeof content;
    OK(SKF_ReadFile(application, "public", 4, 4, content, &size));
    CHECK(!memcmp(content, "seal", 4));
    GIVES(SAR_USER_NOT_LOGGED_IN, SKF_WriteFile(application, "public", 0, (BYTE *)"x", 1));
    GIVES(SAR_USER_NOT_LOGGED_IN, SKF_DeleteFile(application, "public"));
    login(application);
    size = sizeof content;
    OK(SKF_ReadFile(application, "private", 0, 8, content, &size));
    CHECK(size == 8 && !memcmp(content, "12345678", 8));

    OK(SKF_DeleteFile(application, "public"));
    GIVES(SAR_FILE_NOT_EXIST, SKF_DeleteFile(application, "public"));
    OK(SKF_DisConnectDev(device));
}

/* A full token says so, and keeps what it has. */
static void fills(void)
{
    DEVHANDLE device = connect_device();
    HAPPLICATION application = open_first(device);
    BYTE content[8];
    ULONG size = sizeof content, step;

    login(application);
    OK(SKF_CreateFile(application, "private", 8, USER, USER));
    OK(SKF_WriteFile(application, "private", 0, (BYTE *)"12345678", 8));
    for (step = 0; step < 64; step++) {
        char name[16];
        ULONG answer;
        snprintf(name, sizeof name, "fill-%u", step);
        answer = SKF_CreateFile(application, name, 1 << 20, ANYONE, USER);
        if (answer == SAR_NO_ROOM)
            break;
        OK(answer);
    }
    CHECK(step > 4 && step < 64);
    OK(SKF_ReadFile(application, "private", 0, 8, content, &size));
    CHECK(!memcmp(content, "12345678", 8));
    OK(SKF_DeleteFile(application, "fill-0"));
    OK(SKF_CreateFile(application, "fits", 1 << 19, ANYONE, USER));
    OK(SKF_DisConnectDev(device));
}

/* The envelopes lie in the folder, and what the encryption key must then open. */
static void imports(void)
{
    DEVHANDLE device = connect_device();
    HAPPLICATION application = open_first(device);
    HCONTAINER container;
    HANDLE session;
    ECCPUBLICKEYBLOB public;
    BLOCKCIPHERPARAM parameter = {0};
    BYTE plain[4096];
    ULONG size, length, part;
    char envelope[] = "envelope-0";

    login(application);
    OK(SKF_OpenContainer(application, "kmc", &container));
    for (; envelope[9] < '3'; envelope[9]++) {
        load(envelope);
        OK(SKF_ImportECCKeyPair(container, (ENVELOPEDKEYBLOB *)data));
        size = sizeof public;
        OK(SKF_ExportPublicKey(container, 0, (BYTE *)&public, &size));
        CHECK(!memcmp(&public, &((ENVELOPEDKEYBLOB *)data)->PubKey, sizeof public));
    }
    put_ecc("imported", &public);
    /* Every part that the structure has is looked at. */
    ((ENVELOPEDKEYBLOB *)data)->ulSymmAlgID = SGD_SM1_ECB;
    GIVES(SAR_NOTSUPPORTYET, SKF_ImportECCKeyPair(container, (ENVELOPEDKEYBLOB *)data));
    load("envelope-0");
    ((ENVELOPEDKEYBLOB *)data)->Version = 2;
    GIVES(SAR_INVALIDPARAM, SKF_ImportECCKeyPair(container, (ENVELOPEDKEYBLOB *)data));
    load("envelope-0");
    ((ENVELOPEDKEYBLOB *)data)->cbEncryptedPriKey[40] ^= 1;
    GIVES(SAR_INDATA, SKF_ImportECCKeyPair(container, (ENVELOPEDKEYBLOB *)data));
    load("envelope-0");
    ((ENVELOPEDKEYBLOB *)data)->ECCCipherBlob.Cipher[0] ^= 1;
    GIVES(SAR_INDATA, SKF_ImportECCKeyPair(container, (ENVELOPEDKEYBLOB *)data));
    load("envelope-0");
    ((ENVELOPEDKEYBLOB *)data)->ECCCipherBlob.CipherLen = 0x7FFFFFFF;
    GIVES(SAR_INDATALEN, SKF_ImportECCKeyPair(container, (ENVELOPEDKEYBLOB *)data));

    load("wrapped");
    GIVES(SAR_INDATALEN, SKF_ImportSessionKey(container, SGD_SM4_CBC, data, data_len - 1, &session));
    GIVES(SAR_NOTSUPPORTYET, SKF_ImportSessionKey(container, 0x102, data, data_len, &session));
    /* Some callers count the structure's own byte of cipher text twice. */
    OK(SKF_ImportSessionKey(container, SGD_SM4_CBC, data, data_len + 1, &session));
    OK(SKF_CloseHandle(session));
    OK(SKF_ImportSessionKey(container, SGD_SM4_CBC, data, data_len, &session));

    load("iv");
    memcpy(parameter.IV, data, 16);
    parameter.IVLen = 15;
    GIVES(SAR_INVALIDPARAM, SKF_DecryptInit(session, parameter));
    parameter.IVLen = 16;
    load("cipher");
    GIVES(SAR_NOTINITIALIZE, SKF_Decrypt(session, data, data_len, plain, &size));
    /* At once, with the padding looked at. */
    parameter.PaddingType = 1;
    OK(SKF_DecryptInit(session, parameter));
    OK(SKF_Decrypt(session, data, data_len, NULL, &size));
    length = size - 1;
    GIVES(SAR_BUFFER_TOO_SMALL, SKF_Decrypt(session, data, data_len, plain, &length));
    CHECK(length == size);
    OK(SKF_Decrypt(session, data, data_len, plain, &size));
    store("plain-whole", plain, size);
    GIVES(SAR_NOTINITIALIZE, SKF_Decrypt(session, data, data_len, plain, &size));
    /* In parts that fit no block, and without it. */
    for (ULONG padding = 0; padding < 2; padding++) {
        parameter.PaddingType = padding;
        OK(SKF_DecryptInit(session, parameter));
        length = 0;
        for (ULONG at = 0; at < data_len; at += part) {
            part = data_len - at < 7 ? data_len - at : 7;
            size = sizeof plain - length;
            OK(SKF_DecryptUpdate(session, data + at, part, plain + length, &size));
            length += size;
        }
        size = sizeof plain - length;
        OK(SKF_DecryptFinal(session, plain + length, &size));
        CHECK(padding || size == 0);
        store(padding ? "plain-parts" : "plain-padded", plain, length + size);
    }
    parameter.PaddingType = 1;
    OK(SKF_DecryptInit(session, parameter));
    size = sizeof plain;
    GIVES(SAR_DECRYPTPAD, SKF_Decrypt(session, data, 16, plain, &size));
    GIVES(SAR_INDATALEN, SKF_Decrypt(session, data, 17, plain, &size));
    OK(SKF_CloseHandle(session));
    GIVES(SAR_INVALIDHANDLE, SKF_CloseHandle(session));
    OK(SKF_ClearSecureState(application));
    load("wrapped");
    GIVES(SAR_USER_NOT_LOGGED_IN, SKF_ImportSessionKey(container, SGD_SM4_CBC, data, data_len, &session));
    OK(SKF_DisConnectDev(device));
}

/* After `signs`: what OpenSSL wrapped for the RSA pair that it made, and for the one inside. */
static void imports_rsa(void)
{
    DEVHANDLE device = connect_device();
    HAPPLICATION application = open_first(device);
    HCONTAINER container, other;
    HANDLE session;
    RSAPUBLICKEYBLOB public;
    BLOCKCIPHERPARAM parameter = {.PaddingType = 1};
    BYTE wrapped[256], plain[64];
    ULONG size = sizeof public;

    OK(SKF_OpenContainer(application, "rsa", &container));
    load("wrapped");
    CHECK(data_len == 256);
    memcpy(wrapped, data, 256);
    load("encrypted");
    GIVES(SAR_USER_NOT_LOGGED_IN,
          SKF_ImportRSAKeyPair(container, SGD_SM4_ECB, wrapped, 256, data, data_len));
    login(application);
    GIVES(SAR_NOTSUPPORTYET,
          SKF_ImportRSAKeyPair(container, SGD_SM1_ECB, wrapped, 256, data, data_len));
    GIVES(SAR_INDATALEN,
          SKF_ImportRSAKeyPair(container, SGD_SM4_ECB, wrapped, 256, data, data_len - 1));
    GIVES(SAR_INDATA, SKF_ImportRSAKeyPair(container, SGD_SM4_ECB, wrapped, 256, data, 16));
    GIVES(SAR_INDATA, SKF_ImportRSAKeyPair(container, SGD_SM4_ECB, wrapped, 255, data, data_len));
    OK(SKF_OpenContainer(application, "sm2", &other));
    GIVES(SAR_KEYINFOTYPE,
          SKF_ImportRSAKeyPair(other, SGD_SM4_ECB, wrapped, 256, data, data_len));
    GIVES(SAR_KEYNOTFOUND, SKF_ExportPublicKey(container, 0, (BYTE *)&public, &size));
    OK(SKF_ImportRSAKeyPair(container, SGD_SM4_ECB, wrapped, 256, data, data_len));
    OK(SKF_ExportPublicKey(container, 0, (BYTE *)&public, &size));
    store("imported", public.Modulus, 256);

    load("wrapped-session");
    OK(SKF_ImportSessionKey(container, SGD_SM4_ECB, data, data_len, &session));
    OK(SKF_DecryptInit(session, parameter));
    load("cipher");
    size = sizeof plain;
    OK(SKF_Decrypt(session, data, data_len, plain, &size));
    store("plain", plain, size);
    OK(SKF_DisConnectDev(device));
}

/* Keys that come from outside: the private one lies in the folder, and what is made goes there. */
static void outside(void)
{
    DEVHANDLE device = connect_device();
    HAPPLICATION application = open_first(device);
    HCONTAINER container;
    HANDLE session, key, hash;
    ECCPRIVATEKEYBLOB private = {256, {0}};
    ECCPUBLICKEYBLOB public = {256, {0}, {0}};
    ECCSIGNATUREBLOB signature;
    struct {
        ECCCIPHERBLOB blob;
        BYTE more[255];
    } cipher;
    BLOCKCIPHERPARAM parameter = {0};
    BYTE e[32], out[256], again[256];
    ULONG size;

    load("private");
    memcpy(private.D + 32, data, 32);
    load("public");
    memcpy(public.X + 32, data + 1, 32);
    memcpy(public.Y + 32, data + 33, 32);
    load("message");
    sm3_z(device, &public, data, data_len, e);
    OK(SKF_ExtECCSign(device, &private, e, 32, &signature));
    OK(SKF_ExtECCVerify(device, &public, e, 32, &signature));
    put_signature("signature", &signature);
    OK(SKF_ExtECCEncrypt(device, &public, (BYTE *)"plain text", 10, &cipher.blob));
    CHECK(cipher.blob.CipherLen == 10);
    store("cipher", &cipher, 164 + 10);
    OK(SKF_ExtECCDecrypt(device, &private, &cipher.blob, NULL, &size));
    CHECK(size == 10);
    OK(SKF_ExtECCDecrypt(device, &private, &cipher.blob, out, &size));
    CHECK(!memcmp(out, "plain text", 10));
    cipher.blob.HASH[0] ^= 1;
    GIVES(SAR_INDATA, SKF_ExtECCDecrypt(device, &private, &cipher.blob, out, &size));
    private.D[0] = 1;
    GIVES(SAR_INVALIDPARAM, SKF_ExtECCSign(device, &private, e, 32, &signature));
    public.BitLen = 255;
    GIVES(SAR_INVALIDPARAM, SKF_ExtECCEncrypt(device, &public, out, 10, &cipher.blob));
    public.BitLen = 256;
    GIVES(SAR_INDATALEN, SKF_ExtECCEncrypt(device, &public, out, 0, &cipher.blob));

    /* A session key that the token makes, and SM4 under a given one for OpenSSL. */
    OK(SKF_OpenContainer(application, "kmc", &container));
    OK(SKF_ECCExportSessionKey(container, SGD_SM4_ECB, &public, &cipher.blob, &session));
    CHECK(cipher.blob.CipherLen == 16);
    store("wrapped", &cipher, 164 + 16);
    parameter.PaddingType = 1;
    OK(SKF_EncryptInit(session, parameter));
    size = sizeof out;
    OK(SKF_Encrypt(session, (BYTE *)"under the wrapped key", 21, out, &size));
    store("under-wrapped", out, size);
    OK(SKF_SetSymmKey(device, (BYTE *)"0123456789abcdef", SGD_SM4_CBC, &key));
    memcpy(parameter.IV, "fedcba9876543210", 16);
    parameter.IVLen = 16;
    OK(SKF_EncryptInit(key, parameter));
    size = sizeof out;
    OK(SKF_EncryptUpdate(key, data, 21, out, &size));
    CHECK(size == 16);
    size = sizeof out - 16;
    OK(SKF_EncryptFinal(key, out + 16, &size));
    CHECK(size == 16);
    store("under-given", out, 32);
    OK(SKF_DecryptInit(key, parameter));
    size = sizeof again;
    OK(SKF_Decrypt(key, out, 32, again, &size));
    CHECK(size == 21 && !memcmp(again, data, 21));
    GIVES(SAR_NOTSUPPORTYET, SKF_MacInit(key, &parameter, &session));

    /* SM3 of "abc" (GB/T 32905, annex A.1). */
    OK(SKF_DigestInit(device, SGD_SM3, NULL, NULL, 0, &hash));
    OK(SKF_Digest(hash, (BYTE *)"abc", 3, NULL, &size));
    CHECK(size == 32);
    size = 31;
    GIVES(SAR_BUFFER_TOO_SMALL, SKF_Digest(hash, (BYTE *)"abc", 3, out, &size));
    OK(SKF_Digest(hash, (BYTE *)"abc", 3, out, &size));
    CHECK(!memcmp(out, "\x66\xc7\xf0\xf4\x62\xee\xed\xd9\xd1\xf2\xd4\x6b\xdc\x10\xe4\xe2", 16));
    GIVES(SAR_HASHOBJ, SKF_Digest(hash, (BYTE *)"abc", 3, out, &size));
    OK(SKF_CloseHandle(hash));
    OK(SKF_DigestInit(device, SGD_SHA256, NULL, NULL, 0, &hash));
    OK(SKF_DigestUpdate(hash, (BYTE *)"a", 1));
    GIVES(SAR_HASHOBJ, SKF_Digest(hash, (BYTE *)"bc", 2, out, &size));
    OK(SKF_DigestUpdate(hash, (BYTE *)"bc", 2));
    OK(SKF_DigestFinal(hash, NULL, &size));
    OK(SKF_DigestFinal(hash, out, &size));
    CHECK(!memcmp(out, "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23", 16));
    GIVES(SAR_HASHOBJ, SKF_DigestFinal(hash, out, &size));
    GIVES(SAR_NOTSUPPORTYET, SKF_DigestInit(device, SGD_SHA1, NULL, NULL, 0, &hash));
    public.Y[63] ^= 1;
    OK(SKF_GenRandom(device, out, 256));
    OK(SKF_GenRandom(device, again, 256));
    CHECK(memcmp(out, again, 256));
    OK(SKF_DisConnectDev(device));
}

static void authenticate(DEVHANDLE device)
{
    BYTE random[16] = {0}, answer[16];
    BLOCKCIPHERPARAM parameter = {0};
    HANDLE key;
    ULONG size = 16;
    OK(SKF_SetSymmKey(device, (BYTE *)"1234567812345678", SGD_SM4_ECB, &key));
    OK(SKF_EncryptInit(key, parameter));
    OK(SKF_GenRandom(device, random, 8));
    OK(SKF_Encrypt(key, random, 16, answer, &size));
    OK(SKF_CloseHandle(key));
    GIVES(SAR_FAIL, SKF_DevAuth(device, random, 16));
    /* One random number, one answer. */
    GIVES(SAR_FAIL, SKF_DevAuth(device, answer, 16));
    OK(SKF_SetSymmKey(device, (BYTE *)"1234567812345678", SGD_SM4_ECB, &key));
    OK(SKF_EncryptInit(key, parameter));
    memset(random, 0, 16);
    OK(SKF_GenRandom(device, random, 8));
    OK(SKF_Encrypt(key, random, 16, answer, &size));
    OK(SKF_DevAuth(device, answer, 16));
}

static void applications(void)
{
    DEVHANDLE device = connect_device();
    HAPPLICATION first = open_first(device), second, third;
    HCONTAINER container;
    ECCPUBLICKEYBLOB public;
    char names[256];
    ULONG size, left, max;
    BOOL by_default;

    GIVES(SAR_USER_NOT_LOGGED_IN,
          SKF_CreateApplication(device, "bank", "admin-pin", 3, "user-pin", 4, USER, &second));
    GIVES(SAR_USER_NOT_LOGGED_IN, SKF_DeleteApplication(device, "bank"));
    authenticate(device);
    GIVES(SAR_PIN_LEN_RANGE,
          SKF_CreateApplication(device, "bank", "admin-pin", 3, "user", 4, USER, &second));
    GIVES(SAR_INVALIDPARAM,
          SKF_CreateApplication(device, "bank", "admin-pin", 0, "user-pin", 4, USER, &second));
    GIVES(SAR_APPLICATION_NAME_INVALID,
          SKF_CreateApplication(device, "", "admin-pin", 3, "user-pin", 4, USER, &second));
    OK(SKF_CreateApplication(device, "bank", "admin-pin", 3, "user-pin", 4, ANYONE, &second));
    GIVES(SAR_APPLICATION_EXISTS,
          SKF_CreateApplication(device, "bank", "admin-pin", 3, "user-pin", 4, USER, &third));
    size = sizeof names;
    OK(SKF_EnumApplication(device, names, &size));
    CHECK(has_name(names, size, "YINXIN-DEMO") && has_name(names, size, "bank"));

    /* PINs, logins and contents of their own. */
    OK(SKF_GetPINInfo(second, USER_TYPE, &max, &left, &by_default));
    CHECK(max == 4 && left == 4);
    GIVES(SAR_PIN_INCORRECT, SKF_VerifyPIN(second, USER_TYPE, "246810", &left));
    CHECK(left == 3);
    login(first);
    GIVES(SAR_USER_NOT_LOGGED_IN, SKF_CreateContainer(second, "bank", &container));
    OK(SKF_VerifyPIN(second, USER_TYPE, "user-pin", &left));
    CHECK(left == 4);
    OK(SKF_CreateContainer(second, "bank", &container));
    OK(SKF_GenECCKeyPair(container, SGD_SM2_1, &public));
    GIVES(SAR_FILE_NOT_EXIST, SKF_OpenContainer(first, "bank", &container));
    OK(SKF_ClearSecureState(second));
    OK(SKF_CreateFile(second, "anybody's", 4, ANYONE, ANYONE));
    OK(SKF_WriteFile(second, "anybody's", 0, (BYTE *)"abcd", 4));
    OK(SKF_VerifyPIN(second, ADMIN_TYPE, "admin-pin", &left));
    CHECK(left == 3);
    /* The administrator of one is nobody in the other, and no user. */
    GIVES(SAR_USER_NOT_LOGGED_IN, SKF_CreateContainer(second, "x", &container));
    OK(SKF_CreateContainer(first, "x", &container));

    OK(SKF_DeleteApplication(device, "bank"));
    GIVES(SAR_APPLICATION_NOT_EXISTS, SKF_ClearSecureState(second));
    GIVES(SAR_APPLICATION_NOT_EXISTS, SKF_OpenApplication(device, "bank", &second));

    /* Without any application the device is empty, and its next one is the token itself. */
    OK(SKF_DeleteApplication(device, "YINXIN-DEMO"));
    GIVES(SAR_APPLICATION_NOT_EXISTS, SKF_OpenContainer(first, "x", &container));
    size = sizeof names;
    OK(SKF_EnumApplication(device, names, &size));
    CHECK(size == 0 && !names[0]);
    GIVES(SAR_NOTINITIALIZE, SKF_SetLabel(device, "x"));
    OK(SKF_CreateApplication(device, "新应用", "87654321", 10, "246810", 10, USER, &first));
    login(first);
    OK(SKF_CreateContainer(first, "new", &container));
    OK(SKF_GenECCKeyPair(container, SGD_SM2_1, &public));
    put_ecc("new", &public);
    OK(SKF_DisConnectDev(device));
}

struct event {
    char name[64];
    ULONG size, event, answer;
};

static void *wait_event(void *argument)
{
    struct event *event = argument;
    event->size = sizeof event->name;
    event->answer = SKF_WaitForDevEvent(event->name, &event->size, &event->event);
    return NULL;
}

/* Here the folder is that of the tokens, and the device is pulled and plugged in it. */
static void events(void)
{
    DEVHANDLE device = connect_device();
    HAPPLICATION application = open_first(device);
    HCONTAINER container;
    struct event event;
    pthread_t thread;
    DEVINFO info;
    char there[4096], away[4096], name[4];
    ULONG size, state = 9;

    login(application);
    OK(SKF_CreateContainer(application, "x", &container));
    strcpy(there, path(device_name));
    snprintf(away, sizeof away, "%s/.away", folder);
    CHECK(!pthread_create(&thread, NULL, wait_event, &event));
    CHECK(!rename(there, away));
    CHECK(!pthread_join(thread, NULL));
    OK(event.answer);
    CHECK(event.event == 2 && !strcmp(event.name, device_name));
    CHECK(event.size == strlen(device_name) + 1);
    GIVES(SAR_DEVICE_REMOVED, SKF_GetDevInfo(device, &info));
    GIVES(SAR_DEVICE_REMOVED, SKF_CreateContainer(application, "y", &container));
    OK(SKF_GetDevState(device_name, &state));
    CHECK(state == 0);
    OK(SKF_EnumDev(1, NULL, &size));
    CHECK(size == 0);
    OK(SKF_EnumDev(0, NULL, &size));
    CHECK(size == strlen(device_name) + 2);

    CHECK(!rename(away, there));
    /* Room that is too short loses no event. */
    size = 1;
    GIVES(SAR_BUFFER_TOO_SMALL, SKF_WaitForDevEvent(name, &size, &state));
    CHECK(size == strlen(device_name) + 1);
    wait_event(&event);
    OK(event.answer);
    CHECK(event.event == 1 && !strcmp(event.name, device_name));
    /* What was connected before stays dead; who connects anew logs in anew. */
    GIVES(SAR_DEVICE_REMOVED, SKF_GetDevInfo(device, &info));
    GIVES(SAR_DEVICE_REMOVED, SKF_ClearSecureState(application));
    OK(SKF_DisConnectDev(device));
    device = connect_device();
    application = open_first(device);
    GIVES(SAR_USER_NOT_LOGGED_IN, SKF_CreateContainer(application, "y", &container));

    CHECK(!pthread_create(&thread, NULL, wait_event, &event));
    /* A cancellation that comes before the wait ends nothing, so until one ends it. */
    for (event.answer = SAR_OK; event.answer != SAR_NOT_EVENT; usleep(1000))
        OK(SKF_CancelWaitForDevEvent());
    CHECK(!pthread_join(thread, NULL));
    OK(SKF_DisConnectDev(device));
}

static void *get_info(void *device)
{
    DEVINFO info;
    return SKF_GetDevInfo(device, &info) == SAR_OK ? device : NULL;
}

static void locks(void)
{
    DEVHANDLE mine = connect_device(), other = connect_device();
    DEVINFO info;
    pthread_t thread;
    void *answer;

    OK(SKF_LockDev(mine, 0));
    OK(SKF_LockDev(mine, 0));
    GIVES(SAR_TIMEOUT, SKF_LockDev(other, 20));
    OK(SKF_GetDevInfo(mine, &info));
    CHECK(!pthread_create(&thread, NULL, get_info, other));
    usleep(50000);
    CHECK(pthread_tryjoin_np(thread, &answer) != 0);
    OK(SKF_UnlockDev(other));
    GIVES(SAR_TIMEOUT, SKF_LockDev(other, 20));
    OK(SKF_UnlockDev(mine));
    CHECK(!pthread_join(thread, &answer) && answer == other);
    OK(SKF_LockDev(other, 0xFFFFFFFF));
    GIVES(SAR_TIMEOUT, SKF_LockDev(mine, 0));
    /* A connection that ends unlocks. */
    OK(SKF_DisConnectDev(other));
    OK(SKF_LockDev(mine, 0));
    OK(SKF_DisConnectDev(mine));
}

/* Holds a device, and a login in it, until somebody ends this process. */
static void holds(void)
{
    DEVHANDLE device = connect_device();
    login(open_first(device));
    OK(SKF_LockDev(device, 0));
    store("held", "", 0);
    for (;;)
        pause();
}

/* Beside a process that holds the device. */
static void waits(void)
{
    DEVHANDLE device = connect_device();
    GIVES(SAR_TIMEOUT, SKF_LockDev(device, 20));
    OK(SKF_DisConnectDev(device));
}

/* Every function with nothing and with a handle of the wrong kind: an error, never more. */
static void nothing(void)
{
    DEVHANDLE device = connect_device();
    HAPPLICATION application = open_first(device);
    BLOCKCIPHERPARAM parameter = {0};
    HANDLE handles[4] = {NULL, (HANDLE)(intptr_t)-1, device, application};
    ULONG number = 0;
    BYTE bytes[16] = {0};

    GIVES(SAR_INVALIDPARAM, SKF_EnumDev(1, NULL, NULL));
    GIVES(SAR_INVALIDPARAM, SKF_ConnectDev(NULL, &device));
    GIVES(SAR_INVALIDPARAM, SKF_ConnectDev(device_name, NULL));
    GIVES(SAR_INVALIDPARAM, SKF_GetDevState(NULL, &number));
    GIVES(SAR_INVALIDPARAM, SKF_GetDevState(device_name, NULL));
    GIVES(SAR_INVALIDPARAM, SKF_WaitForDevEvent(NULL, NULL, &number));
    GIVES(SAR_INVALIDPARAM, SKF_WaitForDevEvent(NULL, &number, NULL));
    GIVES(SAR_INVALIDPARAM, SKF_OpenApplication(device, NULL, &application));
    GIVES(SAR_INVALIDPARAM, SKF_GenRandom(device, NULL, 4));
    GIVES(SAR_INDATALEN, SKF_GenRandom(device, bytes, 0xFFFFFFFF));
    GIVES(SAR_INDATALEN, SKF_DevAuth(device, bytes, 15));
    for (int i = 0; i < 4; i++) {
        HANDLE handle = handles[i];
#define BAD(call) CHECK((call) >= SAR_FAIL)
        BAD(SKF_SetLabel(handle, NULL));
        BAD(SKF_GetDevInfo(handle, NULL));
        BAD(SKF_Transmit(handle, NULL, 0, NULL, NULL));
        BAD(SKF_ChangeDevAuthKey(handle, NULL, 0));
        BAD(SKF_DevAuth(handle, NULL, 16));
        BAD(SKF_ChangePIN(handle, 1, NULL, NULL, &number));
        BAD(SKF_GetPINInfo(handle, 1, NULL, NULL, NULL));
        BAD(SKF_VerifyPIN(handle, 1, NULL, &number));
        BAD(SKF_UnblockPIN(handle, NULL, NULL, &number));
        BAD(SKF_CreateApplication(handle, NULL, NULL, 1, NULL, 1, 0, &application));
        BAD(SKF_EnumApplication(handle, NULL, NULL));
        BAD(SKF_DeleteApplication(handle, NULL));
        BAD(SKF_OpenApplication(handle, NULL, NULL));
        BAD(SKF_CreateFile(handle, NULL, 0, 0, 0));
        BAD(SKF_DeleteFile(handle, NULL));
        BAD(SKF_EnumFiles(handle, NULL, NULL));
        BAD(SKF_GetFileInfo(handle, NULL, NULL));
        BAD(SKF_ReadFile(handle, NULL, 0, 1, NULL, NULL));
        BAD(SKF_WriteFile(handle, NULL, 0, NULL, 1));
        BAD(SKF_CreateContainer(handle, NULL, NULL));
        BAD(SKF_DeleteContainer(handle, NULL));
        BAD(SKF_OpenContainer(handle, NULL, NULL));
        BAD(SKF_CloseContainer(handle));
        BAD(SKF_EnumContainer(handle, NULL, NULL));
        BAD(SKF_GetContainerType(handle, NULL));
        BAD(SKF_ImportCertificate(handle, 1, NULL, 1));
        BAD(SKF_ExportCertificate(handle, 1, NULL, NULL));
        BAD(SKF_ExportPublicKey(handle, 1, NULL, NULL));
        BAD(SKF_GenRandom(handle, NULL, 1));
        BAD(SKF_GenExtRSAKey(handle, 2048, NULL));
        BAD(SKF_GenRSAKeyPair(handle, 2048, NULL));
        BAD(SKF_ImportRSAKeyPair(handle, 0, NULL, 1, NULL, 1));
        BAD(SKF_RSASignData(handle, NULL, 1, NULL, NULL));
        BAD(SKF_RSAVerify(handle, NULL, NULL, 1, NULL, 1));
        BAD(SKF_RSAExportSessionKey(handle, 0, NULL, NULL, NULL, NULL));
        BAD(SKF_ExtRSAPubKeyOperation(handle, NULL, NULL, 1, NULL, NULL));
        BAD(SKF_ExtRSAPriKeyOperation(handle, NULL, NULL, 1, NULL, NULL));
        BAD(SKF_GenECCKeyPair(handle, SGD_SM2_1, NULL));
        BAD(SKF_ImportECCKeyPair(handle, NULL));
        BAD(SKF_ECCSignData(handle, NULL, 32, NULL));
        BAD(SKF_ECCVerify(handle, NULL, NULL, 32, NULL));
        BAD(SKF_ECCExportSessionKey(handle, SGD_SM4_ECB, NULL, NULL, NULL));
        BAD(SKF_ExtECCEncrypt(handle, NULL, NULL, 1, NULL));
        BAD(SKF_ExtECCDecrypt(handle, NULL, NULL, NULL, NULL));
        BAD(SKF_ExtECCSign(handle, NULL, NULL, 32, NULL));
        BAD(SKF_ExtECCVerify(handle, NULL, NULL, 32, NULL));
        BAD(SKF_GenerateAgreementDataWithECC(handle, 0, NULL, NULL, 1, NULL));
        BAD(SKF_GenerateAgreementDataAndKeyWithECC(handle, 0, NULL, NULL, NULL, NULL, 1, NULL, 1, NULL));
        BAD(SKF_GenerateKeyWithECC(handle, NULL, NULL, NULL, 1, NULL));
        BAD(SKF_ImportSessionKey(handle, SGD_SM4_ECB, NULL, 1, NULL));
        BAD(SKF_SetSymmKey(handle, NULL, SGD_SM4_ECB, NULL));
        BAD(SKF_EncryptInit(handle, parameter));
        BAD(SKF_Encrypt(handle, NULL, 1, NULL, NULL));
        BAD(SKF_EncryptUpdate(handle, NULL, 1, NULL, NULL));
        BAD(SKF_EncryptFinal(handle, NULL, NULL));
        BAD(SKF_DecryptInit(handle, parameter));
        BAD(SKF_Decrypt(handle, NULL, 1, NULL, NULL));
        BAD(SKF_DecryptUpdate(handle, NULL, 1, NULL, NULL));
        BAD(SKF_DecryptFinal(handle, NULL, NULL));
        BAD(SKF_DigestInit(handle, SGD_SM3, NULL, NULL, 0, NULL));
        BAD(SKF_Digest(handle, NULL, 1, NULL, NULL));
        BAD(SKF_DigestUpdate(handle, NULL, 1));
        BAD(SKF_DigestFinal(handle, NULL, NULL));
        BAD(SKF_MacInit(handle, NULL, NULL));
        BAD(SKF_Mac(handle, NULL, 1, NULL, NULL));
        BAD(SKF_MacUpdate(handle, NULL, 1));
        BAD(SKF_MacFinal(handle, NULL, NULL));
        BAD(SKF_CloseHandle(handle));
        if (i != 2) {
            BAD(SKF_DisConnectDev(handle));
            BAD(SKF_LockDev(handle, 0));
            BAD(SKF_UnlockDev(handle));
        }
        if (i != 3) {
            BAD(SKF_CloseApplication(handle));
            BAD(SKF_ClearSecureState(handle));
        }
    }
    OK(SKF_DisConnectDev(device));
}

/* Writes all certificates, and signs with every container that can, for both doors to agree. */
static void dumps(void)
{
    DEVHANDLE device = connect_device();
    HAPPLICATION application = open_first(device);
    HCONTAINER container;
    ECCPUBLICKEYBLOB public;
    ECCSIGNATUREBLOB signature;
    char names[1024], name[2048];
    BYTE der[8192], e[32];
    ULONG size, kind, left;

    OK(SKF_VerifyPIN(application, USER_TYPE, "123456", &left));
    size = sizeof names;
    OK(SKF_EnumContainer(application, names, &size));
    for (char *at = names; *at; at += strlen(at) + 1) {
        printf("%s", at);
        OK(SKF_OpenContainer(application, at, &container));
        OK(SKF_GetContainerType(container, &kind));
        printf(" %u", kind);
        for (BOOL sign = 0; sign < 2; sign++) {
            size = sizeof der;
            if (SKF_ExportCertificate(container, sign, der, &size) == SAR_OK) {
                snprintf(name, sizeof name, "%s-%u.der", at, sign);
                store(name, der, size);
                printf(" %s", sign ? "sign" : "encrypt");
            }
        }
        size = sizeof public;
        if (kind == 2 && SKF_ExportPublicKey(container, 1, (BYTE *)&public, &size) == SAR_OK) {
            sm3_z(device, &public, (BYTE *)"both doors", 10, e);
            OK(SKF_ECCSignData(container, e, 32, &signature));
            snprintf(name, sizeof name, "%s.signature", at);
            put_signature(name, &signature);
        }
        printf("\n");
    }
    size = sizeof names;
    OK(SKF_EnumFiles(application, names, &size));
    for (char *at = names; *at; at += strlen(at) + 1) {
        static BYTE content[1 << 20];
        size = sizeof content;
        OK(SKF_ReadFile(application, at, 0, sizeof content, content, &size));
        store("file", content, size);
        printf("file %s\n", at);
    }
    OK(SKF_DisConnectDev(device));
}

int main(int count, char **arguments)
{
    struct {
        const char *name;
        void (*run)(void);
    } parts[] = {
        {"devices", devices},     {"pins", pins},       {"signs", signs},
        {"containers", containers}, {"files", files},   {"fills", fills},   {"imports", imports},
        {"imports-rsa", imports_rsa},
        {"outside", outside},     {"applications", applications},
        {"events", events},       {"locks", locks},     {"nothing", nothing},
        {"holds", holds},         {"waits", waits},
        {"dumps", dumps},
    };
    CHECK(count == 4);
    device_name = arguments[2];
    folder = arguments[3];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strcmp(parts[i].name, arguments[1])) {
            parts[i].run();
            return 0;
        }
    CHECK(!"such a part");
}
