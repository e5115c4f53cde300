import ShopModules
import Waybill
import WaybillCore
import WaybillEngine

/// The modules of the demo's shop: buyers fill carts and get coupons, members join, and in the second week a gift pack
/// is added. They take a fixed number of messages at a time, so they fall behind while many orders come, and catch up.
struct DemoModules {
    /// What one module has done so far.
    struct Standing {
        let name: GroupName
        let handled: Int64
        let behind: Int64
        let effect: String
    }

    /// Messages that a module takes in its turn. The one that sends mails and short messages is slower.
    private static let messagesPerTurn = 500
    private static let noticesPerTurn = 350
    private static let couponHolders = 200
    private static let couponCents: Int64 = 500
    private static let membersPerDay = 5
    private static let giftPackDay = 8
    private static let fillsPerWrite = 32

    private let book: OrderBook
    private(set) var names: [GroupName] = []
    private var day = 0
    private var members = 0

    /// Installs the modules, or goes on with those that the file has.
    ///
    /// - Parameter notices: the file that mails and short messages go to.
    init(in book: OrderBook, notices: String, withGiftPack: Bool = false) async throws {
        self.book = book
        let sender = FileSender(path: notices)
        for module in ShippedModules.first(world: book.engine.world, sender: { try sender.send($0) }) {
            try await book.install(module)
            names.append(module.name)
        }
        if withGiftPack { try await addGiftPack() }
    }

    /// Issues the coupons of the opening campaign; answers them by buyer.
    func openCampaign() async throws -> [String: String] {
        let holders = (1...Self.couponHolders).map { "buyer-\($0)" }
        for message in Coupons.campaign("opening", cents: Self.couponCents, to: holders) {
            try await book.messages.send(message)
        }
        try await book.runModules()
        var codes: [String: String] = [:]
        for holder in holders { codes[holder] = try Coupons.coupons(of: holder, in: book).first?.code }
        return codes
    }

    /// What a coupon of the campaign takes off an order, in minor units.
    static var discountCents: Int64 { couponCents }

    /// Buyers have put into their carts what they are about to order.
    func fillCarts(for steps: [DemoStep]) async throws {
        var messages: [NewMessage] = []
        for step in steps where step.command == "place" {
            guard let buyer = step.data["buyer"]?.asText else { continue }
            // The rest is bought without a cart.
            for line in step.data["lines"]?.elements?.prefix(1) ?? [] {
                guard let sku = line["sku"]?.asText, let quantity = line["qty"]?.asInt else { continue }
                // A little more than is ordered stays in the cart.
                let goods = Goods(sku: sku, location: line["at"]?.asText ?? "", quantity: quantity + quantity / 3)
                messages.append(Cart.fill(goods, of: buyer))
            }
        }
        guard !messages.isEmpty else { return }
        for start in stride(from: 0, to: messages.count, by: Self.fillsPerWrite) {
            try await book.messages.send(Array(messages[start..<min(start + Self.fillsPerWrite, messages.count)]))
        }
        // The cart is quick, or what is ordered would not be in it yet.
        _ = try await book.work("cart", messagesMax: .max)
    }

    /// Each module has its turn; on a new day some join.
    mutating func work(day today: Int) async throws {
        while day < today {
            day += 1
            if day == Self.giftPackDay { try await addGiftPack() }
            try join()
        }
        for name in names {
            _ = try await book.work(
                name, messagesMax: name == "notifications" ? Self.noticesPerTurn : Self.messagesPerTurn)
        }
    }

    /// The modules handle all that is left.
    func finish() async throws { try await book.runModules() }

    /// One module more, for members who have joined already too.
    private mutating func addGiftPack() async throws {
        let module = GiftPack()
        try await book.install(module, from: .beginning)
        names.append(module.name)
    }

    /// Some of today join, and confirm their addresses.
    private mutating func join() throws {
        let today = members + 1...members + Self.membersPerDay
        members = today.upperBound
        for command in ["register", "confirm_email"] {
            let isNew = command == "register"
            let commands = today.map { number in
                let email: JSON = .text("buyer-\(number)@example.org")
                return OrderCommand(
                    EventName(command), of: OrderID("member-buyer-\(number)"),
                    data: isNew ? ["member": .text("buyer-\(number)"), "email": email] : ["email": email],
                    workflow: isNew ? "member-registration" : nil, caller: "demo")
            }
            for case .refused(let refusal) in book.engine.perform(commands.map { ($0.command, at: book.now) }) {
                throw refusal
            }
        }
    }

    // MARK: Showing

    /// Where each module is.
    func standings() throws -> [Standing] {
        try names.map { name in
            let lags = try book.messages.lag(of: name)
            return Standing(
                name: name, handled: lags.reduce(0) { $0 + $1.finished }, behind: lags.reduce(0) { $0 + $1.messages },
                effect: try effect(of: name))
        }
    }

    private func effect(of name: GroupName) throws -> String {
        switch name.description {
        case "cart":
            let cart = try Cart.totals(in: book)
            return "\(grouped(cart.taken)) units ordered, \(counted(cart.filled, "cart")) not empty"
        case "points":
            let totals = try Points.totals(in: book)
            return "\(grouped(totals.points)) points of \(counted(totals.members, "buyer"))"
        case "coupons":
            let coupons = try Coupons.count(in: book)
            return "\(grouped(coupons.issued)) issued, \(grouped(coupons.spent)) of them spent"
        case "notifications":
            let (sent, doubt) = (try Notifications.count(.sent, in: book), try Notifications.count(.inDoubt, in: book))
            return "\(grouped(sent)) sent, \(grouped(doubt)) in doubt"
        case "gift-pack":
            let packs = try GiftPack.count(in: book)
            return "\(counted(packs.packs, "pack")), \(grouped(packs.announced)) sent out"
        case _: return ""
        }
    }

    /// Shows how far the modules came, and what they have made of it.
    func show() throws {
        var table = TextTable([
            .init("   MODULE"), .init("MESSAGES", isRightAligned: true), .init("BEHIND", isRightAligned: true),
            .init("EFFECT"),
        ])
        for standing in try standings() {
            table.add([
                "   " + standing.name.description, grouped(standing.handled), grouped(standing.behind), standing.effect,
            ])
        }
        table.write()
    }
}
