public import Waybill

/// Whether every member has one pack, and nobody else has any.
extension GiftPack {
    public func check(_ look: inout ModuleLook) throws {
        try Self.packs.check(&look)
        guard look.isCaughtUp else { return }
        var result = look
        var members: Int64 = 0
        try look.joined { member in
            members += 1
            let pack = try look.rows("SELECT 1 FROM gift_pack WHERE member = ?", [.text(member)]).first
            result.expect(pack != nil, "member \(member): no gift pack")
        }
        let packs = try look.count("gift_pack")
        result.expect(packs <= members, "\(packs) gift packs, and \(members) members")
        look = result
    }
}
