"""PDFs signed and judged by pyHanko, for pdf_peers.rs: `make FOLDER` writes signed files, `judge ROOT FILE…` says what each comes to."""

import datetime
import sys
from pathlib import Path

from asn1crypto import keys as asn1_keys, x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

NOW = datetime.datetime.now(datetime.timezone.utc)


def certificate(name, key, issuer=None, issuer_key=None, usage=None, ca=False):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - datetime.timedelta(days=10))
        .not_valid_after(NOW + datetime.timedelta(days=100))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False),
            critical=True,
        )
    )
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    return builder.sign(issuer_key or key, hashes.SHA256())


def asn1_certificate(one):
    return asn1_x509.Certificate.load(one.public_bytes(serialization.Encoding.DER))


def asn1_key(key):
    return asn1_keys.PrivateKeyInfo.load(
        key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def make(folder):
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = certificate("Test Root", root_key, ca=True)
    (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    store = SimpleCertificateStore.from_certs([asn1_certificate(root)])

    def signer(name, key, usage=None):
        own = certificate(name, key, root, root_key, usage)
        return signers.SimpleSigner(asn1_certificate(own), asn1_key(key), store)

    p384_signer = signer("P-384", ec.generate_private_key(ec.SECP384R1()))
    rsa_signer = signer("RSA", rsa.generate_private_key(65537, 2048))
    p256_signer = signer("P-256", ec.generate_private_key(ec.SECP256R1()))
    stamp_key = rsa.generate_private_key(65537, 2048)
    stamp = certificate("Stamps", stamp_key, root, root_key, ExtendedKeyUsageOID.TIME_STAMPING)
    stamper = timestamps.DummyTimeStamper(
        asn1_certificate(stamp), asn1_key(stamp_key), certs_to_embed=store
    )

    plain = folder / "plain.pdf"
    forms = [path for path in folder.glob("form-*.pdf")]

    def sign(source, target, who, stamper=None, box=None, field="Sig", digest="sha256", **more):
        with open(source, "rb") as stream:
            writer = IncrementalPdfFileWriter(stream, strict=False)
            if box:
                fields.append_signature_field(writer, SigFieldSpec(field, box=box))
            meta = signers.PdfSignatureMetadata(field_name=field, md_algorithm=digest, **more)
            out = signers.PdfSigner(meta, who, timestamper=stamper).sign_pdf(writer)
            target.write_bytes(out.getvalue())

    cades = SigSeedSubFilter.PADES
    sign(plain, folder / "rsa.pdf", rsa_signer)
    sign(plain, folder / "p256.pdf", p256_signer, subfilter=cades)
    sign(plain, folder / "p384.pdf", p384_signer, digest="sha384")
    sign(plain, folder / "rsa-512.pdf", rsa_signer, digest="sha512", subfilter=cades)
    sign(plain, folder / "visible.pdf", p256_signer, box=(50, 50, 200, 120))
    sign(folder / "rsa.pdf", folder / "twice.pdf", p256_signer, field="Second", subfilter=cades)
    sign(
        folder / "visible.pdf", folder / "twice-visible.pdf", rsa_signer,
        field="Second", box=(250, 50, 400, 120),
    )
    sign(plain, folder / "certified.pdf", rsa_signer, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES)
    sign(plain, folder / "certified-2.pdf", rsa_signer, certify=True, docmdp_permissions=MDPPerm.FILL_FORMS)
    sign(folder / "certified-2.pdf", folder / "certified-twice.pdf", p256_signer, field="Second")
    sign(plain, folder / "stamped.pdf", p256_signer, stamper=stamper, subfilter=cades)
    with open(folder / "p256.pdf", "rb") as stream:
        writer = IncrementalPdfFileWriter(stream)
        out = signers.PdfTimeStamper(stamper).timestamp_pdf(writer, "sha256", ValidationContext(
            trust_roots=[asn1_certificate(root)], allow_fetching=False))
        (folder / "document-stamped.pdf").write_bytes(out.getvalue())
    for form in forms:
        sign(form, folder / f"signed-{form.name}", p256_signer)


def judge(root, files):
    anchor = asn1_x509.Certificate.load(
        x509.load_pem_x509_certificate(Path(root).read_bytes()).public_bytes(serialization.Encoding.DER)
    )
    context = ValidationContext(trust_roots=[anchor], allow_fetching=False)
    for name in files:
        with open(name, "rb") as stream:
            reader = PdfFileReader(stream, strict=False)
            told = []
            for one in reader.embedded_regular_signatures:
                try:
                    status = validate_pdf_signature(one, context)
                    told.append("valid" if status.bottom_line else "not")
                except Exception as error:  # what it refuses to judge
                    told.append(type(error).__name__)
            print(Path(name).name, *told)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]))
    else:
        judge(sys.argv[2], sys.argv[3:])
