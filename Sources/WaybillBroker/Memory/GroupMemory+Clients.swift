package import WaybillCore

extension GroupMemory {
    /// The clients of a group that live or hold something, by name, after one of them; none of an unknown group.
    package func clients(
        of group: GroupName, after name: Text? = nil, limit: Int, at now: Moment
    ) -> [GroupClient] {
        read { state in
            state.clients(of: group, after: name, limit: limit, at: now, silenceMax: settings.clientSilenceMax)
        }
    }
}

extension GroupMemory.State {
    fileprivate func clients(
        of group: GroupName, after name: Text?, limit: Int, at now: Moment, silenceMax: Interval
    ) -> [GroupClient] {
        guard let known = names[group].flatMap({ groups[$0] }) else { return [] }
        // In one pass over what comes again, however many clients there are.
        var again: [Text: Int] = [:]
        for holder in known.holders.values { again[holder.client, default: 0] += 1 }
        let found = known.clients.filter { client, state in
            (name.map { client > $0 } ?? true)
                && (known.isAlive(client, at: now, silenceMax: silenceMax) || state.heldCount > 0
                    || again[client] != nil)
        }
        return found.sorted { $0.key < $1.key }.prefix(limit).map { client, state in
            GroupClient(
                name: client, lane: state.lane, holds: Int64(state.heldCount + (again[client] ?? 0)),
                heardAt: state.seenAt, isAlive: known.isAlive(client, at: now, silenceMax: silenceMax))
        }
    }
}
