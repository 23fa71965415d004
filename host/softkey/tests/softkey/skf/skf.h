/* SKF (GM/T 0016-2012) as a C caller sees it: only for the tests of the software key. Sizes and
 * offsets are the standard's, so that the compiler judges the Rust side. */

#ifndef SKF_H
#define SKF_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) && !defined(_WIN64)
#define SKF_CALL __stdcall
#else
#define SKF_CALL
#endif

typedef uint8_t BYTE;
typedef uint32_t ULONG;
typedef uint32_t BOOL;
typedef char *LPSTR;
typedef void *HANDLE;
typedef HANDLE DEVHANDLE, HAPPLICATION, HCONTAINER;

#pragma pack(push, 1)
typedef struct { BYTE major, minor; } VERSION;

typedef struct {
    VERSION Version;
    char Manufacturer[64], Issuer[64], Label[32], SerialNumber[32];
    VERSION HWVersion, FirmwareVersion;
    ULONG AlgSymCap, AlgAsymCap, AlgHashCap, DevAuthAlgId;
    ULONG TotalSpace, FreeSpace, MaxECCBufferSize, MaxBufferSize;
    BYTE Reserved[64];
} DEVINFO;

typedef struct { ULONG BitLen; BYTE X[64], Y[64]; } ECCPUBLICKEYBLOB;
typedef struct { ULONG BitLen; BYTE D[64]; } ECCPRIVATEKEYBLOB;
typedef struct { BYTE r[64], s[64]; } ECCSIGNATUREBLOB;
typedef struct { BYTE X[64], Y[64], HASH[32]; ULONG CipherLen; BYTE Cipher[1]; } ECCCIPHERBLOB;

typedef struct {
    ULONG Version, ulSymmAlgID, ulBits;
    BYTE cbEncryptedPriKey[64];
    ECCPUBLICKEYBLOB PubKey;
    ECCCIPHERBLOB ECCCipherBlob;
} ENVELOPEDKEYBLOB;

typedef struct { ULONG AlgID, BitLen; BYTE Modulus[256], PublicExponent[4]; } RSAPUBLICKEYBLOB;

typedef struct {
    ULONG AlgID, BitLen;
    BYTE Modulus[256], PublicExponent[4], PrivateExponent[256];
    BYTE Prime1[128], Prime2[128], Prime1Exponent[128], Prime2Exponent[128], Coefficient[128];
} RSAPRIVATEKEYBLOB;

typedef struct { char FileName[32]; ULONG FileSize, ReadRights, WriteRights; } FILEATTRIBUTE;
typedef struct { BYTE IV[32]; ULONG IVLen, PaddingType, FeedBitLen; } BLOCKCIPHERPARAM;
#pragma pack(pop)

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)
#define AT(type, field, bytes) _Static_assert(offsetof(type, field) == (bytes), #type "." #field)
SIZE(DEVINFO, 294);
AT(DEVINFO, Manufacturer, 2);
AT(DEVINFO, Issuer, 66);
AT(DEVINFO, Label, 130);
AT(DEVINFO, SerialNumber, 162);
AT(DEVINFO, HWVersion, 194);
AT(DEVINFO, FirmwareVersion, 196);
AT(DEVINFO, AlgSymCap, 198);
AT(DEVINFO, DevAuthAlgId, 210);
AT(DEVINFO, TotalSpace, 214);
AT(DEVINFO, MaxBufferSize, 226);
AT(DEVINFO, Reserved, 230);
SIZE(ECCPUBLICKEYBLOB, 132);
AT(ECCPUBLICKEYBLOB, Y, 68);
SIZE(ECCPRIVATEKEYBLOB, 68);
SIZE(ECCSIGNATUREBLOB, 128);
AT(ECCCIPHERBLOB, HASH, 128);
AT(ECCCIPHERBLOB, CipherLen, 160);
AT(ECCCIPHERBLOB, Cipher, 164);
SIZE(ECCCIPHERBLOB, 165);
AT(ENVELOPEDKEYBLOB, cbEncryptedPriKey, 12);
AT(ENVELOPEDKEYBLOB, PubKey, 76);
AT(ENVELOPEDKEYBLOB, ECCCipherBlob, 208);
SIZE(ENVELOPEDKEYBLOB, 373);
SIZE(RSAPUBLICKEYBLOB, 268);
AT(RSAPUBLICKEYBLOB, PublicExponent, 264);
SIZE(RSAPRIVATEKEYBLOB, 1164);
SIZE(FILEATTRIBUTE, 44);
AT(FILEATTRIBUTE, WriteRights, 40);
SIZE(BLOCKCIPHERPARAM, 44);

enum {
    SAR_OK = 0,
    SAR_FAIL = 0x0A000001,
    SAR_NOTSUPPORTYET = 0x0A000003,
    SAR_INVALIDHANDLE = 0x0A000005,
    SAR_INVALIDPARAM = 0x0A000006,
    SAR_READFILE = 0x0A000007,
    SAR_WRITEFILE = 0x0A000008,
    SAR_NAMELEN = 0x0A000009,
    SAR_KEYUSAGE = 0x0A00000A,
    SAR_MODULUSLEN = 0x0A00000B,
    SAR_NOTINITIALIZE = 0x0A00000C,
    SAR_TIMEOUT = 0x0A00000F,
    SAR_INDATALEN = 0x0A000010,
    SAR_INDATA = 0x0A000011,
    SAR_HASHOBJ = 0x0A000013,
    SAR_HASHNOTEQUAL = 0x0A00001A,
    SAR_KEYNOTFOUND = 0x0A00001B,
    SAR_CERTNOTFOUND = 0x0A00001C,
    SAR_DECRYPTPAD = 0x0A00001E,
    SAR_BUFFER_TOO_SMALL = 0x0A000020,
    SAR_KEYINFOTYPE = 0x0A000021,
    SAR_NOT_EVENT = 0x0A000022,
    SAR_DEVICE_REMOVED = 0x0A000023,
    SAR_PIN_INCORRECT = 0x0A000024,
    SAR_PIN_LOCKED = 0x0A000025,
    SAR_PIN_LEN_RANGE = 0x0A000027,
    SAR_USER_TYPE_INVALID = 0x0A00002A,
    SAR_APPLICATION_NAME_INVALID = 0x0A00002B,
    SAR_APPLICATION_EXISTS = 0x0A00002C,
    SAR_USER_NOT_LOGGED_IN = 0x0A00002D,
    SAR_APPLICATION_NOT_EXISTS = 0x0A00002E,
    SAR_FILE_ALREADY_EXIST = 0x0A00002F,
    SAR_NO_ROOM = 0x0A000030,
    SAR_FILE_NOT_EXIST = 0x0A000031,
};

enum { ADMIN_TYPE = 0, USER_TYPE = 1 };
enum { NEVER = 0, ADMIN = 1, USER = 0x10, ANYONE = 0xFF };
enum { SGD_SM4_ECB = 0x401, SGD_SM4_CBC = 0x402, SGD_SM1_ECB = 0x101 };
enum { SGD_SM2_1 = 0x20200, SGD_SM2_1_OLD = 0x20100 };
enum { SGD_SM3 = 1, SGD_SHA1 = 2, SGD_SHA256 = 4 };

#define F(name) ULONG SKF_CALL SKF_##name
F(EnumDev)(BOOL present, LPSTR names, ULONG *size);
F(ConnectDev)(LPSTR name, DEVHANDLE *);
F(DisConnectDev)(DEVHANDLE);
F(GetDevState)(LPSTR name, ULONG *state);
F(SetLabel)(DEVHANDLE, LPSTR);
F(GetDevInfo)(DEVHANDLE, DEVINFO *);
F(LockDev)(DEVHANDLE, ULONG milliseconds);
F(UnlockDev)(DEVHANDLE);
F(WaitForDevEvent)(LPSTR name, ULONG *size, ULONG *event);
F(CancelWaitForDevEvent)(void);
F(Transmit)(DEVHANDLE, BYTE *command, ULONG, BYTE *out, ULONG *);
F(ChangeDevAuthKey)(DEVHANDLE, BYTE *, ULONG);
F(DevAuth)(DEVHANDLE, BYTE *, ULONG);
F(ChangePIN)(HAPPLICATION, ULONG type, LPSTR old, LPSTR fresh, ULONG *left);
F(GetPINInfo)(HAPPLICATION, ULONG type, ULONG *max, ULONG *left, BOOL *default_pin);
F(VerifyPIN)(HAPPLICATION, ULONG type, LPSTR, ULONG *left);
F(UnblockPIN)(HAPPLICATION, LPSTR admin, LPSTR user, ULONG *left);
F(ClearSecureState)(HAPPLICATION);
F(CreateApplication)(DEVHANDLE, LPSTR name, LPSTR admin, ULONG tries, LPSTR user, ULONG,
                     ULONG create_file_rights, HAPPLICATION *);
F(EnumApplication)(DEVHANDLE, LPSTR names, ULONG *size);
F(DeleteApplication)(DEVHANDLE, LPSTR);
F(OpenApplication)(DEVHANDLE, LPSTR, HAPPLICATION *);
F(CloseApplication)(HAPPLICATION);
F(CreateFile)(HAPPLICATION, LPSTR name, ULONG size, ULONG read, ULONG write);
F(DeleteFile)(HAPPLICATION, LPSTR);
F(EnumFiles)(HAPPLICATION, LPSTR names, ULONG *size);
F(GetFileInfo)(HAPPLICATION, LPSTR, FILEATTRIBUTE *);
F(ReadFile)(HAPPLICATION, LPSTR, ULONG offset, ULONG size, BYTE *out, ULONG *);
F(WriteFile)(HAPPLICATION, LPSTR, ULONG offset, BYTE *, ULONG size);
F(CreateContainer)(HAPPLICATION, LPSTR, HCONTAINER *);
F(DeleteContainer)(HAPPLICATION, LPSTR);
F(OpenContainer)(HAPPLICATION, LPSTR, HCONTAINER *);
F(CloseContainer)(HCONTAINER);
F(EnumContainer)(HAPPLICATION, LPSTR names, ULONG *size);
F(GetContainerType)(HCONTAINER, ULONG *);
F(ImportCertificate)(HCONTAINER, BOOL sign, BYTE *, ULONG);
F(ExportCertificate)(HCONTAINER, BOOL sign, BYTE *, ULONG *);
F(ExportPublicKey)(HCONTAINER, BOOL sign, BYTE *, ULONG *);
F(GenRandom)(DEVHANDLE, BYTE *, ULONG);
F(GenExtRSAKey)(DEVHANDLE, ULONG bits, RSAPRIVATEKEYBLOB *);
F(GenRSAKeyPair)(HCONTAINER, ULONG bits, RSAPUBLICKEYBLOB *);
F(ImportRSAKeyPair)(HCONTAINER, ULONG algorithm, BYTE *wrapped, ULONG, BYTE *data, ULONG);
F(RSASignData)(HCONTAINER, BYTE *, ULONG, BYTE *signature, ULONG *);
F(RSAVerify)(DEVHANDLE, RSAPUBLICKEYBLOB *, BYTE *, ULONG, BYTE *signature, ULONG);
F(RSAExportSessionKey)(HCONTAINER, ULONG, RSAPUBLICKEYBLOB *, BYTE *, ULONG *, HANDLE *);
F(ExtRSAPubKeyOperation)(DEVHANDLE, RSAPUBLICKEYBLOB *, BYTE *, ULONG, BYTE *, ULONG *);
F(ExtRSAPriKeyOperation)(DEVHANDLE, RSAPRIVATEKEYBLOB *, BYTE *, ULONG, BYTE *, ULONG *);
F(GenECCKeyPair)(HCONTAINER, ULONG algorithm, ECCPUBLICKEYBLOB *);
F(ImportECCKeyPair)(HCONTAINER, ENVELOPEDKEYBLOB *);
F(ECCSignData)(HCONTAINER, BYTE *e, ULONG, ECCSIGNATUREBLOB *);
F(ECCVerify)(DEVHANDLE, ECCPUBLICKEYBLOB *, BYTE *e, ULONG, ECCSIGNATUREBLOB *);
F(ECCExportSessionKey)(HCONTAINER, ULONG, ECCPUBLICKEYBLOB *, ECCCIPHERBLOB *, HANDLE *);
F(ExtECCEncrypt)(DEVHANDLE, ECCPUBLICKEYBLOB *, BYTE *, ULONG, ECCCIPHERBLOB *);
F(ExtECCDecrypt)(DEVHANDLE, ECCPRIVATEKEYBLOB *, ECCCIPHERBLOB *, BYTE *, ULONG *);
F(ExtECCSign)(DEVHANDLE, ECCPRIVATEKEYBLOB *, BYTE *e, ULONG, ECCSIGNATUREBLOB *);
F(ExtECCVerify)(DEVHANDLE, ECCPUBLICKEYBLOB *, BYTE *e, ULONG, ECCSIGNATUREBLOB *);
F(GenerateAgreementDataWithECC)(HCONTAINER, ULONG, ECCPUBLICKEYBLOB *, BYTE *id, ULONG, HANDLE *);
F(GenerateAgreementDataAndKeyWithECC)(HCONTAINER, ULONG, ECCPUBLICKEYBLOB *, ECCPUBLICKEYBLOB *,
                                      ECCPUBLICKEYBLOB *, BYTE *id, ULONG, BYTE *, ULONG, HANDLE *);
F(GenerateKeyWithECC)(HANDLE, ECCPUBLICKEYBLOB *, ECCPUBLICKEYBLOB *, BYTE *id, ULONG, HANDLE *);
F(ImportSessionKey)(HCONTAINER, ULONG, BYTE *wrapped, ULONG, HANDLE *);
F(SetSymmKey)(DEVHANDLE, BYTE *key, ULONG, HANDLE *);
F(EncryptInit)(HANDLE, BLOCKCIPHERPARAM);
F(Encrypt)(HANDLE, BYTE *, ULONG, BYTE *, ULONG *);
F(EncryptUpdate)(HANDLE, BYTE *, ULONG, BYTE *, ULONG *);
F(EncryptFinal)(HANDLE, BYTE *, ULONG *);
F(DecryptInit)(HANDLE, BLOCKCIPHERPARAM);
F(Decrypt)(HANDLE, BYTE *, ULONG, BYTE *, ULONG *);
F(DecryptUpdate)(HANDLE, BYTE *, ULONG, BYTE *, ULONG *);
F(DecryptFinal)(HANDLE, BYTE *, ULONG *);
F(DigestInit)(DEVHANDLE, ULONG, ECCPUBLICKEYBLOB *, BYTE *id, ULONG, HANDLE *);
F(Digest)(HANDLE, BYTE *, ULONG, BYTE *, ULONG *);
F(DigestUpdate)(HANDLE, BYTE *, ULONG);
F(DigestFinal)(HANDLE, BYTE *, ULONG *);
F(MacInit)(HANDLE, BLOCKCIPHERPARAM *, HANDLE *);
F(Mac)(HANDLE, BYTE *, ULONG, BYTE *, ULONG *);
F(MacUpdate)(HANDLE, BYTE *, ULONG);
F(MacFinal)(HANDLE, BYTE *, ULONG *);
F(CloseHandle)(HANDLE);
#undef F

#endif
