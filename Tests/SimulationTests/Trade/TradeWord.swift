/// The commands that the outside world may send, and how often it does.
enum TradeWord {
    /// By workflow: what anybody may send after the order was placed. Children and parents talk to each other by
    /// themselves, and calls are answered with their keys.
    private static let words: [String: [(name: String, weight: Int64)]] = [
        "standard-order": [
            ("pay", 30), ("change_price", 3), ("cancel", 7), ("ship", 25), ("extend_receipt", 3),
            ("confirm_receipt", 4), ("ask_return", 12), ("write_off", 6), ("send_again", 6), ("refund", 2),
            ("refund_again", 12),
        ],
        "parcel": [("scan", 1), ("deliver", 10), ("lose", 4)],
        "after-sale": [("approve", 5), ("reject", 2), ("send_back", 7), ("receive", 12), ("withdraw", 2)],
        "flash-sale": [
            ("pay", 30), ("cancel", 5), ("withdraw", 8), ("ship", 10), ("refund", 2), ("refund_again", 12),
        ],
        "pre-sale": [
            ("pay", 30), ("postpone", 12), ("cancel", 6), ("withdraw", 4), ("ship", 10), ("refund", 2),
            ("refund_again", 12),
        ],
        "group-buy": [("join", 25), ("call_off", 2)],
        "group-member": [("pay", 25), ("leave", 3), ("withdraw", 3), ("ship", 8), ("refund", 2), ("refund_again", 12)],
        "member-registration": [
            ("send_again", 5), ("confirm_email", 8), ("change_email", 5), ("leave", 2),
        ],
        "olist-order": [
            ("approve", 10), ("process", 1), ("invoice", 1), ("hand_over", 10), ("deliver", 10), ("cancel", 2),
            ("mark_unavailable", 1),
        ],
    ]

    /// Commands that only a relative, or the payment provider with the key of a call, sends.
    static let inner: Set<String> = [
        "signed", "missing", "returned", "give_up", "paid", "left", "form", "fail", "take_place", "hand_over",
        "refund_done", "refund_failed", "place", "register", "open",
    ]

    static func known(_ workflow: String) -> [String] { words[workflow, default: []].map(\.name) }

    private static let weights = Dictionary(
        words.values.joined().map { ($0.name, $0.weight) }, uniquingKeysWith: { max($0, $1) })

    static func isKnown(_ name: String) -> Bool { weights[name] != nil }

    static func weight(_ name: String) -> Int64 { weights[name] ?? 1 }

    /// Commands by which goods or money may come back to where they belong when goods cannot be shipped, in the order
    /// in which a person would try them.
    static let waysBack = ["withdraw", "cancel", "leave"]
}
