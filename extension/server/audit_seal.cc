#include "server/audit_seal.h"

#include "server/audit_checkpoints.h"
#include "server/audit_columns.h"
#include "server/key_ring_file.h"

extern "C" {
#include "access/transam.h"
#include "catalog/pg_type.h"
#include "utils/xid8.h"
}

namespace pgexport {

namespace {

constexpr const char *kRowsAtOnce = "1000";

// What is left to be said once the transaction is committed.
struct {
  bool is_new;
  char origin[64];
  char note[kMaxNote];
} published;

// Where the last checkpoint has left off.
struct TreeState {
  const char *origin;
  std::uint64_t size;
  std::string_view subtrees;
  Datum horizon;  // xid8: rows of older transactions are sealed
};

struct Leaf {
  pg_uuid_t event;
  Sha256 hash;
};

struct Leaves {
  Leaf *items;
  std::size_t count;
  Datum horizon;
};

TreeState read_state() {
  bool is_null;
  if (run_internal_sql("SELECT c.origin, c.size, c.subtrees, c.horizon FROM "
                       "export._audit_checkpoint c ORDER BY c.size DESC LIMIT 1",
                       nullptr, 0, false) == 0) {
    const FullTransactionId first = {0};
    return {new_checkpoint_origin(), 0, {}, FullTransactionIdGetDatum(first)};
  }
  TreeState state;
  state.origin = TextDatumGetCString(sql_result(0, 1, &is_null));
  state.size = static_cast<std::uint64_t>(DatumGetInt64(sql_result(0, 2, &is_null)));
  bytea *subtrees = DatumGetByteaPP(sql_result(0, 3, &is_null));
  state.subtrees = {VARDATA_ANY(subtrees), VARSIZE_ANY_EXHDR(subtrees)};
  state.horizon = sql_result(0, 4, &is_null);
  return state;
}

Leaves read_leaves(const TreeState &state) {
  const char *query = psprintf(
      "SELECT a.recorded_by, %s FROM export._audit a "
      "WHERE a.recorded_by OPERATOR(pg_catalog.>=) $1 AND a.recorded_by OPERATOR(pg_catalog.<) "
      "pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot()) "
      "AND NOT EXISTS (SELECT FROM export._audit_seal s WHERE s.event_id "
      "OPERATOR(pg_catalog.=) a.event_id) "
      "ORDER BY a.recorded_by, a.at, a.event_id LIMIT %s",
      audit_select_list(), kRowsAtOnce);
  const SqlParameter horizon = {XID8OID, state.horizon, false};
  Leaves leaves{};
  leaves.count = run_internal_sql(query, &horizon, 1, false);
  leaves.items = static_cast<Leaf *>(palloc(sizeof(Leaf) * Max(leaves.count, 1)));
  bool is_null;
  for (std::size_t i = 0; i < leaves.count; i++) {
    leaves.items[i].event = *DatumGetUUIDP(sql_result(i, 2, &is_null));
    leaves.items[i].hash = with_coded_row(read_audit_columns(i, 2), audit_leaf);
    leaves.horizon = sql_result(i, 1, &is_null);
  }
  return leaves;
}

// The tree with these leaves: its state, and its signed root.
struct SignedTree {
  char subtrees[64 * 32];
  std::size_t subtrees_size;
  char note[kMaxNote];
};

SignedTree sign_tree(const TreeState &state, const Leaves &leaves, const Key *key) {
  SignedTree result{};
  pg_entry([&] {
    MerkleTree tree(state.size, state.subtrees);
    for (std::size_t i = 0; i < leaves.count; i++) tree.append(leaves.items[i].hash);
    const std::string subtrees = tree.state();
    memcpy(result.subtrees, subtrees.data(), subtrees.size());
    result.subtrees_size = subtrees.size();
    const std::string note = sign_checkpoint({state.origin, tree.size(), tree.root()}, *key);
    strlcpy(result.note, note.c_str(), sizeof result.note);
  });
  return result;
}

void insert_seals(const TreeState &state, const Leaves &leaves) {
  for (std::size_t i = 0; i < leaves.count; i++) {
    const Leaf *leaf = &leaves.items[i];
    const SqlParameter parameters[] = {int8_parameter(static_cast<std::int64_t>(state.size + i)),
                                       uuid_parameter(&leaf->event),
                                       bytes_parameter(leaf->hash.data(), leaf->hash.size())};
    run_internal_sql("INSERT INTO export._audit_seal (seal_no, event_id, leaf) VALUES ($1, $2, $3)",
                     parameters, lengthof(parameters), false);
  }
}

void insert_checkpoint(const TreeState &state, const Leaves &leaves, const SignedTree *tree) {
  const SqlParameter parameters[] = {
      text_parameter(state.origin),
      int8_parameter(static_cast<std::int64_t>(state.size + leaves.count)),
      text_parameter(tree->note),
      bytes_parameter(tree->subtrees, tree->subtrees_size),
      {XID8OID, leaves.horizon, false},
  };
  run_internal_sql(
      "INSERT INTO export._audit_checkpoint (origin, size, note, subtrees, horizon) "
      "VALUES ($1, $2, $3, $4, $5)",
      parameters, lengthof(parameters), false);
  strlcpy(published.origin, state.origin, sizeof published.origin);
  strlcpy(published.note, tree->note, sizeof published.note);
  published.is_new = true;
}

const Key *sealing_key() {
  const KeyRing *ring = key_ring();
  return ring ? ring->active(KeyPurpose::audit_sign) : nullptr;
}

}  // namespace

bool seal_audit_rows() {
  const Key *key = sealing_key();
  published.is_new = false;
  if (!key) return false;
  const InternalSql sql = open_internal_sql_on("_audit");
  const TreeState state = read_state();
  const Leaves leaves = read_leaves(state);
  if (leaves.count > 0) {
    const SignedTree tree = sign_tree(state, leaves, key);
    insert_seals(state, leaves);
    insert_checkpoint(state, leaves, &tree);
  }
  close_internal_sql(sql);
  return leaves.count > 0;
}

void publish_checkpoint() {
  if (!published.is_new) return;
  published.is_new = false;
  ereport(LOG, (errmsg("export audit checkpoint:\n%s", published.note)));
  append_checkpoint(published.origin, published.note);
}

}  // namespace pgexport
