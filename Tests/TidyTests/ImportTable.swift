/// Which target may import what, besides Swift's own modules: the arrows of the architecture as data.
///
/// A new arrow is a decision: change this table in the same commit, and say why there.
enum ImportTable {
    static let allowed: [String: Set<String>] = [
        "WaybillCore": [],
        "Migrations": [],
        "Workflows": [],
        "CSQLite": [],
        "CZlib": [],
        "WorkflowFile": ["WaybillCore", "Yams", "Crypto"],
        "WaybillStore": ["WaybillCore", "Migrations", "CSQLite"],
        "WaybillTimeouts": ["WaybillCore", "WaybillStore"],
        "WaybillBroker": ["WaybillCore", "WaybillStore", "WaybillTimeouts", "Crypto"],
        "WaybillEngine": ["WaybillCore", "WaybillStore", "WaybillTimeouts", "WaybillBroker"],
        "Waybill": [
            "WaybillCore", "WorkflowFile", "Workflows", "WaybillStore", "WaybillTimeouts", "WaybillBroker",
            "WaybillEngine",
        ],
        "ShopModules": ["Waybill"],
        "Histories": [
            "WaybillCore", "Waybill", "WaybillEngine", "WaybillTimeouts", "WaybillStore", "Crypto", "CZlib",
        ],
        // WorkflowFile reads the scenarios too, so that YAML keeps its one home; Workflows holds the shipped ones.
        "FlashSale": [
            "WaybillCore", "WorkflowFile", "Workflows", "WaybillTimeouts", "WaybillEngine", "Waybill", "Histogram",
        ],
        "WaybillAccess": ["WaybillCore", "Crypto"],
        // Of broker and engine only what views and verbs need; never the store.
        "WaybillAPI": [
            "WaybillCore", "WorkflowFile", "WaybillBroker", "WaybillEngine", "Waybill", "WaybillAccess", "Crypto",
        ],
        // Neither an HTTP library nor a book: pages show what operations answer. WorkflowFile reads the texts
        // among that.
        "WaybillPages": ["WaybillCore", "WorkflowFile", "WaybillAPI", "WaybillAccess", "Crypto"],
        // The only one of the product that knows an HTTP library.
        "WaybillHTTP": [
            "WaybillCore", "WaybillAPI", "WaybillAccess", "WaybillPages", "HummingbirdCore", "HTTPTypes", "NIOCore",
            "NIOPosix",
            "NIOTLS", "NIOSSL", "NIOHTTP1", "NIOHTTP2", "NIOHTTPTypes", "NIOHTTPTypesHTTP2", "ServiceLifecycle",
            "Logging",
        ],
        // The only one that knows HTTP/2; it has never heard of RocketMQ.
        "GRPCServing": [
            "NIOCore", "NIOPosix", "NIOHTTP2", "NIOHPACK", "NIOSSL", "X509", "SwiftASN1", "Crypto", "ServiceLifecycle",
            "Logging",
        ],
        "RocketMQProto": ["SwiftProtobuf"],
        // The only one that knows RocketMQ. Of broker and engine only what verbs and views need; never the store.
        "RocketMQServer": [
            "WaybillCore", "WaybillTimeouts", "WaybillBroker", "WaybillEngine", "Waybill", "WaybillAccess",
            "GRPCServing", "RocketMQProto", "SwiftProtobuf", "NIOCore", "Crypto", "Logging",
        ],
        // Of the store only files that are copied, and of histories only the digest that is written beside a copy.
        "WaybillServer": [
            "WaybillCore", "WaybillStore", "WaybillTimeouts", "WaybillEngine", "Waybill", "WaybillAPI",
            "WaybillAccess", "WaybillPages", "WaybillHTTP", "GRPCServing", "RocketMQServer", "Histories",
            "ServiceLifecycle", "UnixSignals", "Logging", "Metrics", "Instrumentation", "Tracing",
        ],
        // Speaks HTTP/1.1 with what the server stands on already; a client library would bring more.
        "WaybillClient": [
            "WaybillCore", "WaybillEngine", "Waybill", "WaybillAccess", "WaybillAPI", "HTTPTypes", "NIOCore",
            "NIOPosix", "NIOTLS", "NIOSSL", "NIOHTTP1", "NIOHTTPTypes", "NIOHTTPTypesHTTP1",
        ],
        // Its bare loops speak to sqlite3 and to Hummingbird directly: what they reach is the limit.
        "WaybillBench": [
            "WaybillCore", "WorkflowFile", "Workflows", "WaybillStore", "WaybillTimeouts",
            "WaybillBroker", "WaybillEngine", "Waybill", "ShopModules", "Histories", "FlashSale", "CSQLite",
            "WaybillAccess", "WaybillAPI", "WaybillServer", "GRPCServing", "RocketMQProto", "HummingbirdCore",
            "HTTPTypes", "NIOCore", "NIOPosix", "SwiftProtobuf", "Crypto", "Logging",
        ],
        "WaybillCommand": [
            "WaybillCore", "WorkflowFile", "Workflows", "Migrations", "WaybillStore", "WaybillTimeouts",
            "WaybillEngine", "Waybill", "ShopModules", "Histories", "FlashSale", "WaybillAccess", "WaybillAPI",
            "WaybillServer", "WaybillClient", "WaybillBench", "ArgumentParser",
        ],
        // Beside the tests, for several test targets.
        "Fixtures": [],
        "OtherNames": [],
        "EngineFixtures": [
            "Fixtures", "WaybillCore", "WorkflowFile", "WaybillStore", "WaybillTimeouts", "WaybillEngine",
        ],
    ]

    /// Modules that come with Swift: free for every target that is not in `pure`.
    static let swiftsOwn: Set<String> = [
        "Swift", "Foundation", "FoundationEssentials", "Dispatch", "Synchronization", "Glibc", "Darwin", "Musl",
    ]

    /// Targets that import nothing at all.
    static let pure: Set<String> = ["WaybillCore", "Migrations"]

    /// Test targets may import what they declare; these import no product code, so that they test what is shipped.
    static let testsWithoutProductCode: Set<String> = ["CrashTests", "ServedTests", "TidyTests", "WaybillCommandTests"]

    static let swiftsOwnForTests = swiftsOwn.union(["Testing"])
}
