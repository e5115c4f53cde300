import Foundation

/// One verb of the command line, asked on a closed file and of a server that has a copy of it open.
struct AskedVerb: Sendable, CustomStringConvertible {
    /// How the two answers are compared.
    enum Comparison: Sendable {
        case exact
        /// But for times, lengths of time, what is made of chance (ids, receipts, tokens), and what only the memory of
        /// the process knows that delivers.
        case likeness
        /// The first column only: the rest tells how the process is that answers.
        case names
    }

    /// `{name}` in a word stands for what an earlier answer had.
    let words: [String]
    let comparison: Comparison
    /// What is kept of the answer, by its name: the first group of a pattern.
    let keeps: [String: String]
    /// What is in the answer; empty: it is only compared.
    let says: String
    var description: String { words.joined(separator: " ") }

    init(
        _ words: String..., as comparison: Comparison = .exact, says: String = "", keeps: [String: String] = [:]
    ) {
        self.words = words
        self.comparison = comparison
        self.says = says
        self.keeps = keeps
    }

    /// Noun and verb, as `waybill help` names them; of a noun without verbs the noun.
    var verb: String {
        Self.nounsWithoutVerbs.contains(words[0]) ? words[0] : words.prefix(2).joined(separator: " ")
    }

    static let nounsWithoutVerbs: Set<String> = [
        "demo", "replay", "verify", "recover", "certify", "serve", "audit", "doctor", "bench", "backup",
        "restore", "tail",
    ]
}

/// The verbs that work both ways, each with what it is asked; in this order, as one makes what the next looks at.
enum AskedVerbs {
    static let all =
        orders + stock + timeouts + topics + groups + messages + deadLetters + operations + halfMessages + lanes
        + workflows + tokens
        + [
            AskedVerb("audit", as: .likeness), AskedVerb("audit", "--type", "$topic", "--json", as: .likeness),
            AskedVerb("doctor", as: .names),
        ]

    private static let orders: [AskedVerb] =
        [
            AskedVerb("order", "list"), AskedVerb("order", "list", "--newest-first", "--json"),
            AskedVerb("order", "list", "--where", "buyer=ann", "--limit", "1"),
            AskedVerb("order", "list", "--where", "byer=ann"),
            AskedVerb("order", "show", "o-1", "--json"), AskedVerb("order", "show", "o-1/x", "--json"),
            AskedVerb("order", "show", "o-1", "--as-of", "3"), AskedVerb("order", "show", "none"),
            AskedVerb("order", "show", "o-2", "--at", "2020-01-01T00:00:00Z"),
            AskedVerb("order", "history", "o-1"), AskedVerb("order", "history", "o-1", "--json"),
            AskedVerb("order", "history", "none"),
            AskedVerb("order", "send", "o-1", "pay", "--role", "payments", "--data", "{}"),
            AskedVerb("order", "send", "o-1", "pay", "--role", "nobody", "--data", "{}", "--json"),
            AskedVerb("order", "send", "o-1", "pay"), AskedVerb("order", "send", "none", "pay", "--role", "payments"),
            AskedVerb("order", "send", "o-2", "cancel", "--role", "buyer", "--key", "c-1"),
            AskedVerb("order", "send", "o-2", "cancel", "--role", "buyer", "--key", "c-1", "--json"),
            AskedVerb("order", "calls"), AskedVerb("order", "calls", "--json", "--unanswered"),
            AskedVerb("order", "show", "o-1", as: .likeness), AskedVerb("order", "why", "o-1", as: .likeness),
            AskedVerb("order", "why", "o-1", "--json", as: .likeness), AskedVerb("order", "why", "none", as: .likeness),
        ] + family

    /// An order with a parcel on its way and a refund that is open.
    static let family: [AskedVerb] = [
        AskedVerb("order", "send", "o-3", "place", "--role", "buyer", "--workflow", "standard-order", "--data", basket),
        AskedVerb(
            "order", "send", "o-3", "pay", "--role", "payments", "--data",
            #"{"payment":"p-1","channel":"card","amount_cents":1800}"#),
        AskedVerb(
            "order", "send", "o-3", "ship", "--role", "warehouse", "--data",
            #"{"parcel":"p1","carrier":"post","lines":[{"line":"1","qty":2}]}"#),
        AskedVerb(
            "order", "send", "o-3", "refund", "--role", "seller", "--json", "--data",
            #"{"amount_cents":100,"reason":"late"}"#),
        AskedVerb("order", "show", "o-3", as: .likeness), AskedVerb("order", "calls", as: .likeness),
        AskedVerb("order", "why", "o-3/parcel-p1", as: .likeness),
        AskedVerb("order", "why", "o-3", "--json", as: .likeness), AskedVerb("order", "why", "o-3", as: .likeness),
    ]

    static let basket = """
        {"shop":"7","buyer":"ann","pay_within":"30m","freight_cents":0,"discount_cents":0,
         "lines":[{"line":"1","sku":"mug","at":"","qty":2,"price_cents":900}]}
        """

    private static let stock: [AskedVerb] = [
        AskedVerb("stock", "list"), AskedVerb("stock", "list", "--prefix", "m", "--json"),
        AskedVerb("stock", "show", "mug"), AskedVerb("stock", "show", "cup"), AskedVerb("stock", "show", "tea"),
        AskedVerb("stock", "receive", "mug", "5", "--key", "r-1"), AskedVerb("stock", "receive", "mug", "0"),
        AskedVerb("stock", "receive", "mug", "5", "--key", "r-1", "--json"),
        AskedVerb("stock", "adjust", "mug", "--by=-1", "--note", "broken"),
        AskedVerb("stock", "count", "mug", "9", "--expected", "1", "--json"),
        AskedVerb("stock", "count", "mug", "9", "--expected", "1"),
        AskedVerb("stock", "receive", "cup", "5", "--location", "south"), AskedVerb("stock", "receive", "cup", "1"),
        AskedVerb("stock", "move", "cup", "2", "--to", "north", "--key", "v-1"),
        AskedVerb("stock", "move", "cup", "2", "--to", "north", "--key", "v-1", "--json"),
        AskedVerb("stock", "adjust", "cup", "--by=-1"), AskedVerb("stock", "list", "--kind", "limits"),
    ]

    private static let timeouts: [AskedVerb] = [
        AskedVerb("timeout", "list", "--json", as: .likeness), AskedVerb("timeout", "list", "none"),
        AskedVerb("timeout", "extend", "--status", "awaiting payment", "--name", "pay_due", "--by", "1h", "--dry-run"),
        AskedVerb("timeout", "extend", "--status", "awaiting payment", "--name", "pay_due", "--by", "1h"),
        AskedVerb("timeout", "extend", "--status", "awaiting payment", "--name", "pay_due", "--by", "5000000d"),
        AskedVerb("timeout", "move", "--where", "shop=7", "--name", "pay_due", "--to", "4000000000000", "--json"),
        AskedVerb("timeout", "cancel", "--where", "byer=7", "--name", "pay_due"),
        AskedVerb("timeout", "resume"), AskedVerb("timeout", "resume", "--stop", "--json"),
        AskedVerb("timeout", "move", "o-1", "--name", "pay_due", "--to", "2100-01-01T00:00:00Z"),
        AskedVerb("timeout", "extend", "o-1", "--name", "pay_due", "--by", "1h", "--json"),
        AskedVerb("timeout", "cancel", "o-1", "--name", "pay_due"),
        AskedVerb("timeout", "cancel", "o-1", "--name", "pay_due"),
        AskedVerb("timeout", "release"), AskedVerb("timeout", "release", "--json"),
        AskedVerb("timeout", "hold", "--reason", "payments are down", as: .likeness),
        AskedVerb("timeout", "list", as: .likeness), AskedVerb("order", "why", "o-1", as: .likeness),
        AskedVerb("timeout", "release", as: .likeness),
        AskedVerb("clock", "confirm", "--reason", "NTP was set", says: "the clock is confirmed; nothing waited for it"),
        AskedVerb("clock", "confirm", "--json", says: #"{"confirmed":true,"was_held":false}"#),
    ]

    private static let topics: [AskedVerb] = [
        AskedVerb("topic", "create", "news", "--type", "mixed"), AskedVerb("topic", "create", "news"),
        AskedVerb("topic", "create", "a/b"), AskedVerb("topic", "create", "bad", "--queues", "0", "--json"),
        AskedVerb("topic", "create", "gone", "--json", as: .likeness),
        AskedVerb("topic", "update", "news", "--retention", "2d"), AskedVerb("topic", "update", "none"),
        AskedVerb("topic", "list"), AskedVerb("topic", "list", "--json", as: .likeness),
        AskedVerb("topic", "show", "news"), AskedVerb("topic", "show", "none", "--json"),
        AskedVerb("topic", "delete", "gone"), AskedVerb("topic", "delete", "gone", "--json"),
    ]

    private static let groups: [AskedVerb] = [
        AskedVerb("group", "create", "desk", "--max-attempts", "1"), AskedVerb("group", "create", "desk"),
        AskedVerb("group", "create", "desk", "--max-attempts", "1", "--json", as: .likeness),
        AskedVerb("group", "create", "bad", "--max-attempts", "0"),
        AskedVerb("group", "create", "gone", "--fifo", "true"),
        AskedVerb("group", "update", "desk", "--invisible", "1h"), AskedVerb("group", "update", "none"),
        AskedVerb("group", "list", as: .likeness), AskedVerb("group", "list", "--json", as: .likeness),
        AskedVerb("group", "show", "desk"), AskedVerb("group", "show", "none"),
        AskedVerb("group", "delete", "gone"), AskedVerb("group", "delete", "gone", "--json"),
    ]

    private static let messages: [AskedVerb] = [
        AskedVerb("message", "send", "news", "--body", "{\"a\": 1}\n", "--tag", "x", "--key", "k-1", as: .likeness),
        AskedVerb("message", "send", "news", "--body", " null\n", "--key", "k-2", "--property", "p=1", as: .likeness),
        AskedVerb("message", "send", "news", "--body", "no JSON \u{E9}", "--lane", "blue", "--json", as: .likeness),
        AskedVerb("message", "send", "news", "--body", ""), AskedVerb("message", "send", "none", "--body", "x"),
        AskedVerb("message", "send", "news", "--body", "x", "--priority", "11", "--json"),
        AskedVerb(
            "message", "send", "news", "--body", "later", "--delay", "1h", "--json", as: .likeness,
            keeps: ["handle": #""recall_handle":"(\w+)""#]),
        AskedVerb("message", "list", "--delayed", "--json", as: .likeness),
        AskedVerb("message", "list", "news", "--delayed", as: .likeness),
        AskedVerb("message", "list", "news", as: .likeness), AskedVerb("message", "list", "none", "--delayed"),
        AskedVerb("message", "list", "news", "--limit", "1", "--json", as: .likeness),
        AskedVerb("message", "reschedule", "news", "{handle}", "--to", "2100-01-01T00:00:00Z"),
        AskedVerb("message", "recall", "news", "{handle}", as: .likeness),
        AskedVerb("message", "recall", "news", "{handle}", "--json", as: .likeness),
        AskedVerb("message", "recall", "news", "nothing"),
        AskedVerb(
            "message", "receive", "desk", "news", "--max", "1", "--json", "--receipts", as: .likeness,
            keeps: ["receipt": #""receipt":"(desk:\w+)""#, "id": #""id":"(\w+)""#, "place": #""position":"([\d:]+)""#]),
        AskedVerb("message", "extend", "{receipt}", "--by", "5m", as: .likeness),
        AskedVerb("message", "ack", "{receipt}", as: .likeness),
        AskedVerb("message", "ack", "{receipt}", as: .likeness), AskedVerb("message", "ack", "0101"),
        AskedVerb("message", "fail", "desk:0101", "0202", "--group", "desk", "--json"),
        AskedVerb("message", "receive", "desk", "news", "--give-up", "no use", as: .likeness),
        AskedVerb("message", "receive", "desk", "news"), AskedVerb("message", "receive", "none", "news"),
        AskedVerb("message", "receive", "desk", "none", "--json"),
        AskedVerb("message", "receive", "desk", "news", "--max", "0"),
        AskedVerb("message", "receive", "desk", "news", "--sql", "a ="),
        AskedVerb("message", "find", "--id", "{id}", as: .likeness),
        AskedVerb("message", "find", "--key", "k-2", "--json", as: .likeness),
        AskedVerb("message", "find", "--topic", "news", "--from", "2020-01-01T00:00:00Z", as: .likeness),
        AskedVerb("message", "find", "--topic", "none", "--from", "2020-01-01T00:00:00Z"),
        AskedVerb("message", "find", "--id", "none", "--json"), AskedVerb("message", "find", "--id", "none"),
        AskedVerb("message", "trace", "{id}", as: .likeness), AskedVerb("message", "trace", "none", "--json"),
        AskedVerb("group", "lag", as: .likeness), AskedVerb("group", "lag", "desk", "--json", as: .likeness),
        AskedVerb("group", "lag", "none"),
        AskedVerb("dead-letter", "list", "desk", as: .likeness), AskedVerb("dead-letter", "list", "none"),
        AskedVerb("dead-letter", "list", "desk", "--json", as: .likeness),
        AskedVerb("dead-letter", "redrive", "desk", "--limit", "0"), AskedVerb("dead-letter", "redrive", "desk"),
        AskedVerb("dead-letter", "redrive", "none", "--json"),
        AskedVerb("group", "look-back", "desk", "news", "--to-oldest", "--preview"),
        AskedVerb("group", "look-back", "desk", "news", "--to-message", "{place}", "--json"),
        AskedVerb("group", "look-back", "desk", "news", "--to", "2020-01-01T00:00:00Z"),
        AskedVerb("group", "look-back", "desk", "none", "--to-newest"),
    ]

    private static let deadLetters: [AskedVerb] = [
        AskedVerb("group", "create", "ward", "--max-attempts", "1"),
        AskedVerb("message", "send", "news", "--body", "{\"a\": [1]}", "--tag", "x", "--key", "k-3", as: .likeness),
        AskedVerb("message", "receive", "ward", "news", "--give-up", "no such address", as: .likeness),
        AskedVerb("dead-letter", "list", "ward", "--limit", "1", "--json", as: .likeness),
        AskedVerb("dead-letter", "list", "ward", "--json", as: .likeness),
        // By their keys: which message of a batch dies first is no matter.
        AskedVerb("message", "find", "--key", "k-3", "--json", as: .likeness, keeps: ["first": #""id":"(\w+)""#]),
        AskedVerb("message", "find", "--key", "k-2", "--json", as: .likeness, keeps: ["last": #""id":"(\w+)""#]),
        AskedVerb("dead-letter", "show", "ward", "{last}", as: .likeness, says: "no such address"),
        AskedVerb("dead-letter", "show", "ward", "{last}", "--json", as: .likeness, says: #","body_bytes":"#),
        AskedVerb("dead-letter", "show", "ward", "none", says: "refused: unknown_message"),
        AskedVerb("dead-letter", "show", "none", "none", "--json"),
        AskedVerb(
            "dead-letter", "redrive", "ward", "--why", "such", "--topic", "news", "--dry-run", as: .likeness,
            says: " of ward would come again"),
        AskedVerb("dead-letter", "redrive", "ward", "--why", "such", "--dry-run", "--json", as: .likeness),
        AskedVerb(
            "dead-letter", "redrive", "ward", "--why", "no wind", "--dry-run",
            says: "0 dead letters of ward would come again"),
        AskedVerb("dead-letter", "redrive", "none", "--why", "such", "--dry-run"),
        AskedVerb("dead-letter", "redrive", "none", "--why", "such", says: "refused: unknown_group"),
        AskedVerb("dead-letter", "redrive", "ward", "{first}", "none", says: "refused: unknown_message"),
        AskedVerb("dead-letter", "redrive", "ward", "{first}", "--json", says: #""redriven":1"#),
        AskedVerb(
            "dead-letter", "delete", "ward", "{last}", "--reason", "a test", as: .likeness,
            says: " is deleted from the dead letters of ward"),
        AskedVerb("dead-letter", "delete", "ward", "{last}", as: .likeness, says: "refused: unknown_message"),
        AskedVerb("dead-letter", "delete", "ward", "none", "--json"),
        AskedVerb("dead-letter", "redrive", "ward", "{last}", as: .likeness),
        AskedVerb("dead-letter", "redrive", "ward", "--died-from", "2020-01-01T00:00:00Z", says: " of ward come again"),
        AskedVerb(
            "dead-letter", "redrive", "ward", "--died-to", "2020-01-01T00:00:00Z", "--json",
            says: #"{"group":"ward","redriven":0}"#),
        AskedVerb("dead-letter", "redrive", "ward", "x", "--limit", "3", says: "one of them"),
        AskedVerb("dead-letter", "list", "ward", as: .likeness),
    ]

    /// Three changes of timeouts and two redrives have run before.
    private static let operations: [AskedVerb] = [
        AskedVerb("operation", "list", as: .likeness, says: "o4"),
        AskedVerb("operation", "list", "--json", as: .likeness),
        AskedVerb("operation", "list", "--limit", "1", "--json", as: .likeness),
        AskedVerb("operation", "show", "o1", as: .likeness, says: "timeout pay_due of orders"),
        AskedVerb("operation", "show", "o4", as: .likeness, says: "dead letters of ward"),
        AskedVerb("operation", "show", "o3", "--json", as: .likeness),
        AskedVerb("operation", "show", "none", says: "refused: unknown_operation"),
        AskedVerb("operation", "stop", "o2", as: .likeness, says: "o2 done"),
        AskedVerb("operation", "stop", "o9", "--json"),
        AskedVerb("operation", "pause", "o2", as: .likeness, says: "o2 done"),
        AskedVerb("operation", "pause", "o9", "--json"),
        AskedVerb("operation", "resume", "o1", "--reason", "a test", as: .likeness, says: "o1 done"),
        AskedVerb("operation", "resume", "o4", "--json", as: .likeness),
        AskedVerb("operation", "resume", "o9", says: "refused: unknown_operation"),
    ]

    private static let halfMessages: [AskedVerb] = [
        AskedVerb(
            "half-message", "prepare", "news", "--producer", "bank", "--body", "{}", "--json", as: .likeness,
            keeps: ["first": #""transaction":"(\w+)""#]),
        AskedVerb(
            "half-message", "prepare", "news", "--producer", "bank", "--body", "{}", "--json", as: .likeness,
            keeps: ["second": #""transaction":"(\w+)""#]),
        AskedVerb("half-message", "prepare", "none", "--producer", "bank", "--body", "{}"),
        AskedVerb("half-message", "list", as: .likeness), AskedVerb("half-message", "list", "--json", as: .likeness),
        AskedVerb("half-message", "check", "bank"), AskedVerb("half-message", "check", "bank", "--json"),
        AskedVerb("half-message", "resume", "news", "{first}"),
        AskedVerb("half-message", "commit", "news", "{first}", as: .likeness),
        AskedVerb("half-message", "rollback", "news", "{first}", "--json", as: .likeness),
        AskedVerb("half-message", "rollback", "news", "{second}", "--json", as: .likeness),
        AskedVerb("half-message", "commit", "news", "nothing"), AskedVerb("half-message", "list", "--parked"),
    ]

    private static let lanes: [AskedVerb] = [
        AskedVerb("lane", "list"), AskedVerb("lane", "list", "--json"), AskedVerb("lane", "promote", "none"),
        AskedVerb("lane", "promote", "blue"), AskedVerb("lane", "abandon", "blue", "--json"),
    ]

    private static let workflows: [AskedVerb] = [
        AskedVerb("workflow", "list", as: .likeness),
        AskedVerb(
            "workflow", "list", "--json", as: .likeness,
            keeps: ["hash": #""id":"standard-order","version":\d+,"hash":"(\w+)""#]),
        AskedVerb("workflow", "export", "standard-order"), AskedVerb("workflow", "export", "{hash}"),
        AskedVerb("workflow", "export", "none"), AskedVerb("workflow", "check", "standard-order", "parcel"),
        AskedVerb("workflow", "check", "flash-sale", "--json"),
        AskedVerb("workflow", "activate", "standard-order", "{hash}"),
        AskedVerb("workflow", "activate", "standard-order", "zz", "--json"),
        AskedVerb("workflow", "put", "parcel", says: " takes new orders"),
        AskedVerb("workflow", "put", "{broken}", says: "add `version: 1`"),
        AskedVerb("workflow", "put", "{first-text}", "--dry-run", says: " would take new orders"),
        AskedVerb("workflow", "put", "{first-text}", "--reason", "a test", says: "rental version 1 ("),
        AskedVerb("workflow", "put", "{first-text}", "--json"),
        AskedVerb("workflow", "put", "{second-text}", "--dry-run", "--json"),
        AskedVerb("workflow", "put", "{second-text}", says: " takes no new orders; `waybill workflow activate rental"),
        AskedVerb("workflow", "put", "{second-text}", "--dry-run", says: " but with --activate"),
        AskedVerb(
            "workflow", "put", "{second-text}", "--activate", "--dry-run", says: " would take new orders instead of"),
        AskedVerb("workflow", "put", "{second-text}", "--activate", says: " takes new orders instead of"),
        AskedVerb("workflow", "put", "{unfit}", says: "there is no workflow nobody"),
        AskedVerb("workflow", "list", as: .likeness),
    ]

    /// Texts that `workflow put` brings, by the name of the word that stands for their file.
    static let texts = [
        "first-text": rental("back"), "second-text": rental("home"), "broken": "id: rental\n",
        // It would take new orders, and spawns what no workflow of the file is.
        "unfit": """
        id: convoy
        version: 1
        commands:
          begin: {}
          go: {}
        children: {nobody: {max: 5}}
        initial: out
        states:
          out:
            on:
              go:
                actions:
                  - spawn: {child: nobody, id: "'a'", data: {}}
        """,
    ]

    private static func rental(_ end: String) -> String {
        """
        id: rental
        version: 1
        commands:
          book: {by: rider, data: {bicycle: text}}
          return: {}
        context: {bicycle: text}
        initial: out
        states:
          out: {on: {return: \(end)}}
          \(end): {type: final}
        """
    }

    private static let tokens: [AskedVerb] = [
        AskedVerb(
            "token", "create", "--name", "web", "--grant", "viewer", "--reason", "a test", as: .likeness,
            keeps: ["token": #"wb-(\w+)-"#]),
        AskedVerb("token", "create", "--name", "web", "--grant", "nothing", "--reason", "a test"),
        AskedVerb("token", "list", as: .likeness), AskedVerb("token", "list", "--json", as: .likeness),
        AskedVerb("token", "revoke", "{token}", "--reason", "a test", as: .likeness),
        AskedVerb("token", "revoke", "none", "--reason", "a test"),
    ]
}
