// Sealing: committed rows of the audit get contiguous numbers and become leaves of a tree, whose
// root is signed (crypto/merkle_tree.h, crypto/checkpoint.h).
//
// A row can be sealed once the transaction that wrote it has ended for everybody, so that none with
// an older number can appear behind the sealer's back.
#pragma once

namespace pgexport {

// Seals what can be sealed, up to some number of rows, if there is a key for it.  Returns whether
// it has; there may be more then.  REQUIRES: a transaction with a snapshot, which the caller
// commits, and only it.
bool seal_audit_rows();

// After the commit: the new checkpoint goes to the server log and to the file.
void publish_checkpoint();

}  // namespace pgexport
