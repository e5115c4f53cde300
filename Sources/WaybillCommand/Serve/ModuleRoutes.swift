import ShopModules
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore

/// What a served shop tells of its members, from the tables of the modules that run in it: reads, for callers who may
/// look, and for programs that place orders.
enum ModuleRoutes {
    /// The reads of the modules of these names.
    static func operations(of modules: [String]) -> [Operation] {
        let all = [
            ("points", points), ("coupons", coupons), ("cart", cart), ("notifications", notices),
            ("gift-pack", giftPack),
        ]
        return all.filter { modules.contains($0.0) }.map(\.1)
    }

    private static let points = Operation(
        "showPoints", .get, "/v1/members/{member}/points", "Shows a member's points.", grant: Need(.viewer, .orders),
        answers: [
            Operation.Answer(
                200, "The account; of a member that is not known, an empty one.",
                .object([
                    Field("member", .text(), isRequired: true),
                    Field("welcome", .integer(), "For registering.", isRequired: true),
                    Field("earned", .integer(), "For what was paid, less what went back.", isRequired: true),
                    Field("points", .integer(), "Both.", isRequired: true),
                    Field("level", .text(), isRequired: true),
                ]))
        ],
        example: Example(
            Example.Step(.get, "/v1/members/ann/points"), 200,
            #"{"member":"ann","welcome":0,"earned":0,"points":0,"level":"basic"}"#),
        handler: { call throws(Problem) in
            let member = call.path("member")
            let account = try await call.book.read { book in try Points.account(of: member.string, in: book) }
            return .json { writer in
                writer.beginObject()
                writer.member("member", member)
                writer.member("welcome", account.welcome)
                writer.member("earned", account.earned)
                writer.member("points", account.points)
                writer.member("level", Text(account.level.name))
                writer.endObject()
            }
        })

    private static let coupons = Operation(
        "listCoupons", .get, "/v1/members/{member}/coupons", "Lists a member's coupons, at most 1,000.",
        grant: Need(.viewer, .orders),
        answers: [
            Operation.Answer(
                200, "The coupons, spent ones too.",
                .page(
                    .object([
                        Field("code", .text(), isRequired: true), Field("campaign", .text(), isRequired: true),
                        Field("cents", .integer(), isRequired: true),
                        Field("order", .text(), "The order on which it is spent."),
                    ])))
        ],
        example: Example(Example.Step(.get, "/v1/members/ann/coupons"), 200, #"{"items":[],"next":null,"as_of":"e0"}"#),
        handler: { call throws(Problem) in
            let member = call.path("member").string
            let coupons = try await call.book.read { book in try Coupons.coupons(of: member, in: book) }
            return .list(call, coupons) { writer, coupon in
                writer.beginObject()
                writer.member("code", Text(coupon.code))
                writer.member("campaign", Text(coupon.campaign))
                writer.member("cents", coupon.cents)
                writer.member("order", ifAny: coupon.order?.text)
                writer.endObject()
            }
        })

    private static let cart = Operation(
        "showCart", .get, "/v1/members/{member}/cart", "Shows what a member has put aside, at most 1,000 kinds.",
        grant: Need(.viewer, .orders),
        answers: [
            Operation.Answer(
                200, "The goods, without those that an order has taken.",
                .page(
                    .object([
                        Field("sku", .text(), isRequired: true), Field("location", .text(), isRequired: true),
                        Field("quantity", .integer(), isRequired: true),
                    ])))
        ],
        example: Example(Example.Step(.get, "/v1/members/ann/cart"), 200, #"{"items":[],"next":null,"as_of":"e0"}"#),
        handler: { call throws(Problem) in
            let member = call.path("member").string
            let goods = try await call.book.read { book in try Cart.contents(of: member, in: book) }
            return .list(call, goods) { writer, line in
                writer.beginObject()
                writer.member("sku", Text(line.sku))
                writer.member("location", Text(line.location))
                writer.member("quantity", line.quantity)
                writer.endObject()
            }
        })
}

extension ModuleRoutes {
    private static let notice = Schema.object([
        Field("number", .integer(), isRequired: true), Field("kind", .text(), "What it is about.", isRequired: true),
        Field("channel", .word(Notice.Channel.allCases.map(\.rawValue)), isRequired: true),
        Field("recipient", .text(), "The buyer or member.", isRequired: true),
        Field("state", .word(Notice.State.allCases.map(\.rawValue)), isRequired: true),
        Field("attempts", .integer(), "How often it was begun.", isRequired: true),
        Field("problem", .text(), "What went wrong last."),
    ])

    fileprivate static let notices = Operation(
        "listNotices", .get, "/v1/notices",
        "Lists mails and short messages in a state, the oldest first, at most 1,000; addresses are left out.",
        grant: Need(.viewer),
        query: [
            Parameter("state", .word(Notice.State.allCases.map(\.rawValue)), "Which; by default `in_doubt`.")
        ],
        answers: [Operation.Answer(200, "The notices.", .page(notice))],
        example: Example(
            Example.Step(.get, "/v1/notices"), 200, #"{"items":[],"next":null,"as_of":"e0"}"#),
        handler: { call throws(Problem) in
            let state = try call.query.word("state", Notice.State.self) ?? .inDoubt
            let found = try await call.book.read { book in try Notifications.notices(state, in: book) }
            return .list(call, found) { writer, notice in
                writer.beginObject()
                writer.member("number", notice.number)
                writer.member("kind", Text(notice.kind))
                writer.member("channel", Text(notice.channel.rawValue))
                writer.member("recipient", Text(notice.recipient))
                writer.member("state", Text(notice.state.rawValue))
                writer.member("attempts", notice.attempts)
                writer.member("problem", ifAny: notice.problem.map { Text($0) })
                writer.endObject()
            }
        })

    fileprivate static let giftPack = Operation(
        "showGiftPack", .get, "/v1/members/{member}/gift-pack", "Tells whether a member has a gift pack.",
        grant: Need(.viewer, .orders),
        answers: [
            Operation.Answer(
                200, "Whether.",
                .object([
                    Field("member", .text(), isRequired: true), Field("given", .boolean, isRequired: true),
                    Field("announced", .boolean, "Whether the warehouse was told of it.", isRequired: true),
                ]))
        ],
        example: Example(
            Example.Step(.get, "/v1/members/ann/gift-pack"), 200,
            #"{"member":"ann","given":false,"announced":false}"#),
        handler: { call throws(Problem) in
            let member = call.path("member")
            let isAnnounced = try await call.book.read { book in
                try GiftPack.isAnnounced(to: member.string, in: book)
            }
            return .json { writer in
                writer.beginObject()
                writer.member("member", member)
                writer.member("given", isAnnounced != nil)
                writer.member("announced", isAnnounced ?? false)
                writer.endObject()
            }
        })
}
