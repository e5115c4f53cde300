import Foundation
import ShopModules
import Testing
import Waybill

struct Invitations: ShopModule {
    let name: GroupName = "invitations"
    let subscriptions = [Subscription("member", tags: "registered")]

    func migrate(_ tables: borrowing ModuleTables) throws {
        try tables.execute("CREATE TABLE IF NOT EXISTS invitation (host TEXT PRIMARY KEY, guests INTEGER) STRICT")
    }

    func handle(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws {
        let member = try OrderBook.JSON(reading: delivery.body)
        guard let host = member["invited_by"]?.asText, effects.once("count") else { return }
        try tables.execute(
            "INSERT INTO invitation VALUES (?, 1) ON CONFLICT DO UPDATE SET guests = guests + 1", [.text(host)])
    }
}

extension Invitations {
    func check(_ look: inout ModuleLook) throws {
        // One that was installed without its history has not heard of everybody.
        guard look.isCaughtUp, look.since.milliseconds == .min else { return }
        var invited: Int64 = 0
        try look.orders { order, sent in
            guard sent.contains(where: { $0.topic == "member" && $0.tag == "registered" }) else { return }
            if try OrderBook.JSON(reading: order.context)["invited_by"]?.asText != nil { invited += 1 }
        }
        let rows = try look.rows("SELECT ifnull(sum(guests), 0) AS guests FROM invitation")
        let counted = rows.first?["guests"]?.asInteger ?? 0
        look.expect(counted == invited, "\(counted) guests are counted, and \(invited) members were invited")
    }
}

/// The examples of the page `Modules`. TidyTests hold that it shows just these.
@Suite struct `The documented modules` {
    @Test func `are installed as the page says`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "waybill-modules-\(ProcessInfo.processInfo.globallyUniqueString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let (path, notices) = (directory.appending(path: "shop.db").path, directory.appending(path: "notices").path)

        let book = try OrderBook.open(path)
        try await book.install(Cart())
        try await book.install(Points(welcomePoints: 100))
        try await book.install(Coupons(world: .system))
        try await book.install(Notifications(sender: FileSender(path: notices).send))

        try await book.install(GiftPack(), from: .beginning)

        for group: GroupName in ["cart", "points", "coupons", "notifications", "gift-pack"] {
            #expect(try await book.messages.group(group) != nil)
        }
        await book.close()
    }

    @Test func `count each guest of a host once, also when history is read again`() async throws {
        let shop = try await ModuleShop(modules: [])
        for guest in ["bob", "cy"] {
            let (id, email) = (OrderID("member-\(guest)"), OrderBook.JSON.text("\(guest)@example.org"))
            let data: OrderBook.JSON = ["member": .text(guest), "email": email, "invited_by": "ann"]
            try await shop.accept(OrderCommand("register", of: id, data: data, workflow: "member-registration"))
            try await shop.accept(OrderCommand("confirm_email", of: id, data: ["email": email]))
        }
        try await shop.join("dan")
        try await shop.book.install(Invitations(), from: .beginning)
        try await shop.settle()
        #expect(try guests(of: "ann", in: shop.book) == 2)
        try await shop.book.messages.lookBack("invitations", "member", to: .oldest)
        try await shop.settle()
        #expect(try guests(of: "ann", in: shop.book) == 2)
        #expect(try shop.findings(Invitations()) == [])
        try await shop.book.writeTables { tables in _ = try tables.execute("UPDATE invitation SET guests = 3") }
        #expect(try shop.findings(Invitations()) == ["3 guests are counted, and 2 members were invited"])
    }

    private func guests(of host: String, in book: OrderBook) throws -> Int64 {
        try book.readTables { tables in
            let rows = try tables.rows("SELECT guests FROM invitation WHERE host = ?", [.text(host)])
            return rows.first?["guests"]?.asInteger ?? 0
        }
    }
}
