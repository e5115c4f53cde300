package import WaybillCore

/// A table whose rows carry a digest, because nothing else in the file implies what they say.
package enum DigestedTable: String, Sendable, CaseIterable {
    case workflow, refusal, command, topic, message, call, job, setting, cursor, redelivery, filter, effect
    case commandShelf = "command_shelf"
    case storedQueue = "stored_queue"
    case pendingMessage = "pending_message"
    case timeoutRetry = "timeout_retry"
    case clientGroup = "client_group"
    case fifoLease = "fifo_lease"
    case timeoutHold = "waybill_timeout_hold"
    case openedEffects = "waybill_opened_effects"
    case closedLane = "waybill_closed_lane"
    case module = "waybill_module"
    case accessToken = "waybill_access_token"

    package var name: Text { Text(rawValue) }

    /// The rows whose digest is not that of what they say, by the first two columns of their key.
    fileprivate var damagedSQL: StaticString {
        switch self {
        case .workflow:
            """
            SELECT number, '' FROM workflow
            WHERE digest <> row_digest(number, hash, name, version, text, first_used_at, meaning) LIMIT ?1
            """
        case .refusal:
            """
            SELECT stream, sequence FROM refusal
            WHERE digest <> row_digest(stream, sequence, at, order_id, command, caller, key, code, detail) LIMIT ?1
            """
        case .command:
            """
            SELECT caller, key FROM command WHERE digest <> CASE WHEN answer IS NULL
                THEN row_digest(generation, shelf, caller, key, fingerprint, stream, version, refusal)
                ELSE row_digest(generation, shelf, caller, key, fingerprint, stream, version, refusal, answer) END
            LIMIT ?1
            """
        case .commandShelf:
            "SELECT generation, shelf FROM command_shelf WHERE digest <> row_digest(generation, shelf) LIMIT ?1"
        case .topic:
            """
            SELECT number, name FROM topic WHERE digest <> CASE WHEN lanes_gone_through IS NULL
                THEN row_digest(number, name, created_at, deleted_at, type, queues, epoch, bytes_max, retention)
                ELSE row_digest(number, name, created_at, deleted_at, type, queues, epoch, bytes_max, retention,
                    lanes_gone_through) END
            LIMIT ?1
            """
        case .storedQueue:
            """
            SELECT number, lane FROM stored_queue WHERE digest <> CASE
                WHEN coalesce(indexed_through, counted_through, counted_bytes, gone_through) IS NULL
                THEN row_digest(number, topic, lane, priority, next_offset)
                ELSE row_digest(number, topic, lane, priority, next_offset, indexed_through, counted_through,
                    counted_bytes, gone_through) END
            LIMIT ?1
            """
        case .message:
            """
            SELECT place >> 40, place & 0xFFFFFFFFFF FROM message
            WHERE digest <> row_digest(place, event, ordinal, born_at, tag, key, message_group, properties, body, id,
                visible_at) LIMIT ?1
            """
        case .pendingMessage:
            """
            SELECT number, '' FROM pending_message WHERE digest <> row_digest(number, state, topic, lane, priority, due,
                event, ordinal, born_at, tag, key, message_group, properties, body, id, producer, checks, decided_at)
            LIMIT ?1
            """
        case .timeoutRetry:
            """
            SELECT owner, name FROM timeout_retry
            WHERE digest <> row_digest(kind, due, owner, name, attempt, retry_at, error, cause) LIMIT ?1
            """
        case .call:
            """
            SELECT number, effect_key FROM call WHERE digest <> row_digest(number, stream, name, effect_key, deadline,
                pending_message, state, unanswered_at) LIMIT ?1
            """
        case .job:
            """
            SELECT number, kind FROM job
            WHERE digest <> row_digest(number, kind, state, request, cursor, done, created_at, changed_at) LIMIT ?1
            """
        case .setting:
            "SELECT name, '' FROM setting WHERE digest <> row_digest(name, value) LIMIT ?1"
        case .clientGroup:
            """
            SELECT number, name FROM client_group WHERE digest <> CASE
                WHEN coalesce(starts_at_newest, created_by) IS NOT NULL
                THEN row_digest(number, name, epoch, fifo, broadcast, attempts_max, ladder, invisible, created_at,
                    last_used_at, deleted_at, idle_since, starts_at_newest, created_by)
                WHEN idle_since IS NOT NULL
                THEN row_digest(number, name, epoch, fifo, broadcast, attempts_max, ladder, invisible, created_at,
                    last_used_at, deleted_at, idle_since)
                ELSE row_digest(number, name, epoch, fifo, broadcast, attempts_max, ladder, invisible, created_at,
                    last_used_at, deleted_at) END
            LIMIT ?1
            """
        case .cursor:
            """
            SELECT group_number, queue FROM cursor WHERE digest <> row_digest(group_number, queue, epoch, floor, ranges,
                delivered_through, fence, gap) LIMIT ?1
            """
        case .redelivery:
            """
            SELECT group_number, queue || ':' || offset FROM redelivery WHERE digest <> row_digest(group_number, queue,
                offset, attempt, state, due, message_group, nonce, replayed) LIMIT ?1
            """
        case .fifoLease:
            """
            SELECT group_number, message_group FROM fifo_lease WHERE digest <> CASE WHEN followers IS NULL
                THEN row_digest(group_number, topic, message_group, queue, offset, attempt, client, boot, until)
                ELSE row_digest(group_number, topic, message_group, queue, offset, attempt, client, boot, until,
                    followers) END
            LIMIT ?1
            """
        case .timeoutHold:
            """
            SELECT number, held_by FROM waybill_timeout_hold
            WHERE digest <> row_digest(number, held_by, since, why, until) LIMIT ?1
            """
        case .openedEffects:
            """
            SELECT group_number, queue FROM waybill_opened_effects
            WHERE digest <> row_digest(group_number, queue, from_offset) LIMIT ?1
            """
        case .closedLane:
            "SELECT lane, '' FROM waybill_closed_lane WHERE digest <> row_digest(lane) LIMIT ?1"
        case .module:
            "SELECT name, '' FROM waybill_module WHERE digest <> row_digest(name, since, installed) LIMIT ?1"
        case .accessToken:
            """
            SELECT id, name FROM waybill_access_token WHERE digest <> CASE WHEN last_used_on IS NULL
                THEN row_digest(id, secret_hash, name, grants, created_at, created_by, reason, expires_at, revoked_at)
                ELSE row_digest(id, secret_hash, name, grants, created_at, created_by, reason, expires_at, revoked_at,
                    last_used_on) END
            LIMIT ?1
            """
        case .filter:
            """
            SELECT group_number, number FROM filter
            WHERE digest <> row_digest(group_number, number, topic, type, expression, last_used_at) LIMIT ?1
            """
        case .effect:
            """
            SELECT group_number, message_id FROM effect
            WHERE digest <> row_digest(group_number, message_id, name, at, result) LIMIT ?1
            """
        }
    }
}

extension Snapshot {
    /// Rows whose digest does not follow from what they say, the first so many, in the words of their key. Reads the
    /// whole table. Rows that releases without digests wrote have none, and are not among them.
    package func damagedRows(of table: DigestedTable, limit: Int) throws(StoreFailure) -> [Text] {
        let statement = try query(table.damagedSQL)
        statement.bind(1, Int64(limit))
        return try statement.all { columns in
            let (first, second) = (columns.text(0), columns.text(1))
            return second.string.isEmpty ? first : "\(first) \(second)"
        }
    }
}
