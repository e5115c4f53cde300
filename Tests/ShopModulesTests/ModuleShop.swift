import Foundation
import ShopModules
import Testing
import Waybill

let noon = OrderBook.Moment(milliseconds: 1_767_182_400_000)
let mugs = StockKey(sku: "mug", location: "north")

/// A shop with all modules, in virtual time: mugs for 10.00 under `standard-order`, and members.
struct ModuleShop {
    let book: OrderBook

    init(modules: [any ShopModule]? = nil) async throws {
        let world = OrderBook.World.virtual(VirtualClock(start: noon))
        book = try OrderBook.inMemory(world: world)
        try await book.submit(StockCommand(.receive(1_000), of: mugs))
        for module in modules ?? [Cart(), Points(), Coupons(world: world)] { try await book.install(module) }
        // What is installed now has not seen what is placed at this moment.
        book.advance(by: .seconds(1))
    }

    /// Lets every module handle what there is.
    func settle() async throws { try await book.runModules() }

    @discardableResult
    func place(
        _ id: OrderID, mugs: Int64 = 1, cents: Int64 = 1_000, coupon: String? = nil, buyer: String = "ann"
    ) async -> OrderBook.Answer {
        let data: OrderBook.JSON = [
            "shop": "s", "buyer": .text(buyer), "coupon": coupon.map { .text($0) } ?? .null, "pay_within": "30m",
            "freight_cents": 0, "discount_cents": 0,
            "lines": [["line": "a", "sku": "mug", "at": "north", "qty": .int(mugs), "price_cents": .int(cents)]],
        ]
        return await book.answer(
            to: OrderCommand("place", of: id, data: data, workflow: "standard-order", role: "buyer"))
    }

    @discardableResult
    func pay(_ id: OrderID, _ payment: String, _ cents: Int64) async -> OrderBook.Answer {
        let data: OrderBook.JSON = ["payment": .text(payment), "channel": "card", "amount_cents": .int(cents)]
        return await book.answer(to: OrderCommand("pay", of: id, data: data, role: "payments"))
    }

    @discardableResult
    func cancel(_ id: OrderID) async -> OrderBook.Answer {
        await book.answer(to: OrderCommand("cancel", of: id, data: ["reason": "changed my mind"], role: "buyer"))
    }

    /// The payment provider has paid back what the order's first call asked for.
    @discardableResult
    func refund(_ id: OrderID, _ refund: String) async -> OrderBook.Answer {
        await book.answer(
            to: OrderCommand("refund_done", of: id, data: ["refund": .text(refund)], role: "payments", key: "\(id)#1"))
    }

    /// Somebody joins, and confirms the address.
    func join(_ member: String) async throws {
        let id = OrderID("member-\(member)")
        let email: OrderBook.JSON = .text("\(member)@example.org")
        try await accept(
            OrderCommand(
                "register", of: id, data: ["member": .text(member), "email": email], workflow: "member-registration"))
        try await accept(OrderCommand("confirm_email", of: id, data: ["email": email]))
    }

    func accept(_ command: OrderCommand) async throws {
        guard case .refused(let refusal) = await book.answer(to: command) else { return }
        throw refusal
    }

    func points(_ member: String) throws -> Int64 { try Points.account(of: member, in: book).points }

    /// How many mugs are in a cart.
    func cart(_ buyer: String) throws -> Int64 {
        try Cart.contents(of: buyer, in: book).reduce(0) { $0 + $1.quantity }
    }

    func fill(_ quantity: Int64, of buyer: String) async throws {
        try await book.messages.send(
            Cart.fill(Goods(sku: "mug", location: "north", quantity: quantity), of: buyer))
    }

    /// What a module's check finds.
    func findings(_ module: some ShopModule) throws -> [String] { try #require(try book.check(module)).findings }
}
