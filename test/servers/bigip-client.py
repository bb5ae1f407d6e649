"""The client of the vendor, at the stand-in of the tests. Arguments: host, port, user; password, certificate and key as JSON on stdin.
Replaces the pair of a profile in the two ways it knows, and prints what it saw as JSON."""

import json
import os
import sys
import tempfile
import warnings

warnings.simplefilter("ignore")
from f5.bigip import ManagementRoot  # noqa: E402
from f5.bigip.contexts import TransactionContextManager  # noqa: E402

host, port, user = sys.argv[1:4]
given = json.load(sys.stdin)
mgmt = ManagementRoot(host, user, given["password"], port=int(port), token=True)


def upload(name, text):
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        mgmt.shared.file_transfer.uploads.upload_file(path)
    return "file:/var/config/rest/downloads/" + name


said = {"version": mgmt.tmos_version}
ltm, files = mgmt.tm.ltm, mgmt.tm.sys.file
said["devices"] = [(one.name, one.failoverState) for one in mgmt.tm.cm.devices.get_collection()]
said["virtuals"] = [one.fullPath for one in ltm.virtuals.get_collection()]
said["profiles"] = [one.fullPath for one in ltm.profile.client_ssls.get_collection()]
said["certificates"] = {one.fullPath: one.fingerprint for one in files.ssl_certs.get_collection()}

files.ssl_keys.ssl_key.create(name="sdk.key", partition="Common", sourcePath=upload("sdk.key", given["key"]))
files.ssl_certs.ssl_cert.create(name="sdk.crt", partition="Common", sourcePath=upload("sdk.crt", given["cert"]))
profile = ltm.profile.client_ssls.client_ssl.load(name="blog", partition="Common")
entry = {"name": "blog", "cert": "/Common/sdk.crt", "key": "/Common/sdk.key"}
profile.modify(certKeyChain=[entry])
said["chain"] = [(one["cert"], one["key"]) for one in profile.certKeyChain]

try:
    files.ssl_certs.ssl_cert.load(name="sdk.crt", partition="Common").delete()
    said["deleted"] = True
except Exception as error:  # what is in use cannot be deleted
    said["deleted"] = str(error)

try:
    profile.modify(certKeyChain=[{**entry, "key": "/Common/default.key"}])
    said["mismatch"] = None
except Exception as error:
    said["mismatch"] = str(error)

# in a transaction nothing is judged before it is whole
for name, key in (("wrong", "/Common/default.key"), ("right", entry["key"])):
    try:
        with TransactionContextManager(mgmt.tm.transactions.transaction) as api:
            inside = api.tm.ltm.profile.client_ssls.client_ssl.load(name="blog", partition="Common")
            inside.modify(certKeyChain=[{**entry, "key": key}])
        said[name] = "committed"
    except Exception as error:
        said[name] = str(error)

mgmt.tm.sys.config.exec_cmd("save")
print(json.dumps(said))
