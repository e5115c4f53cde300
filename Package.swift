// swift-tools-version: 6.2
import PackageDescription

/// The one set of Swift settings. A misspelled feature would be silently off: `Features.swift` in WaybillCore guards
/// each.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let hummingbird = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP2 = Target.Dependency.product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHPACK = Target.Dependency.product(name: "NIOHPACK", package: "swift-nio-http2")
let swiftProtobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
// For programs that embed the server and have a monitor: what happens is handed on to it.
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
// The same for a tracer of theirs: the context of a span is kept with an order, and goes on with its messages.
let instrumentation = Target.Dependency.product(name: "Instrumentation", package: "swift-distributed-tracing")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let inMemoryTracing = Target.Dependency.product(name: "InMemoryTracing", package: "swift-distributed-tracing")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "Waybill",
    products: [
        .library(name: "Waybill", targets: ["Waybill"]),
        .library(name: "ShopModules", targets: ["ShopModules"]),
        .library(name: "WaybillServer", targets: ["WaybillServer"]),
        .executable(name: "waybill", targets: ["WaybillCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    ],
    targets: [
        // What may happen to an order: pure values and functions; imports nothing.
        .target(name: "WaybillCore", swiftSettings: house),
        // YAML or JSON text -> a checked workflow, or findings with line and column; drawings.
        .target(name: "WorkflowFile", dependencies: ["WaybillCore", "Yams", crypto], swiftSettings: house),
        // The shipped workflow files, embedded so that an installed binary has them.
        .target(
            name: "Workflows", path: "Workflows",
            resources: [
                .embedInCode("standard-order.yaml"), .embedInCode("parcel.yaml"), .embedInCode("after-sale.yaml"),
                .embedInCode("flash-sale.yaml"), .embedInCode("pre-sale.yaml"), .embedInCode("group-buy.yaml"),
                .embedInCode("group-member.yaml"),
                .embedInCode("member-registration.yaml"), .embedInCode("olist-order.yaml"),
                .embedInCode("Rushes/one-item.yaml"), .embedInCode("Rushes/big-day.yaml"),
                .embedInCode("Rushes/organic-day.yaml"),
            ], swiftSettings: house),
        // The SQL that brings a file from any older version to this one, embedded.
        .target(
            name: "Migrations", path: "Migrations",
            resources: [
                .embedInCode("v001_create_journal.sql"), .embedInCode("v002_create_delivery.sql"),
                .embedInCode("v003_hold_redeliveries.sql"),
                .embedInCode("v004_add_cause_of_timeouts.sql"),
                .embedInCode("v005_shelve_keys_and_attributes.sql"),
                .embedInCode("v006_keep_unanswered_calls.sql"),
                .embedInCode("v007_note_plain_message_ids.sql"),
                .embedInCode("v008_activate_workflows.sql"),
                .embedInCode("v009_hold_timeouts.sql"),
                .embedInCode("v010_seal_rows.sql"),
                .embedInCode("v011_move_settings_to_columns.sql"),
                .embedInCode("v012_keep_access_tokens.sql"),
                .embedInCode("v013_store_answers.sql"),
                .embedInCode("v014_say_where_groups_start.sql"),
                .embedInCode("v015_note_last_use_of_tokens.sql"),
                .embedInCode("v016_count_orders.sql"),
                .embedInCode("v017_tell_purchase_limits.sql"),
                .embedInCode("v018_hold_runs.sql"),
                .embedInCode("v019_pause_jobs.sql"),
            ],
            swiftSettings: house),
        // The system's SQLite, 3.37 or newer.
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        // Every SQL statement, behind one Transaction.
        .target(name: "WaybillStore", dependencies: ["WaybillCore", "Migrations", "CSQLite"], swiftSettings: house),
        // Takes due timeouts in bounded rounds and hands each to the owner of its kind.
        .target(name: "WaybillTimeouts", dependencies: ["WaybillCore", "WaybillStore"], swiftSettings: house),
        // Topics, groups, half messages, delivery. Has never heard of an order.
        .target(
            name: "WaybillBroker", dependencies: ["WaybillCore", "WaybillStore", "WaybillTimeouts", crypto],
            swiftSettings: house),
        // Orders and stock: command -> decide -> append; intake; replay.
        .target(
            name: "WaybillEngine", dependencies: ["WaybillCore", "WaybillStore", "WaybillTimeouts", "WaybillBroker"],
            swiftSettings: house),
        // The public face for Swift programs.
        .target(
            name: "Waybill",
            dependencies: [
                "WaybillCore", "WorkflowFile", "Workflows", "WaybillStore", "WaybillTimeouts", "WaybillBroker",
                "WaybillEngine",
            ],
            swiftSettings: house),
        // Cart, points, coupons, notifications: downstream modules built only on the public face.
        .target(name: "ShopModules", dependencies: ["Waybill"], swiftSettings: house),
        // gzip through the system's zlib.
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        // Import, export, reports, replay, verify. Imports the store, because verify reads every table as it is.
        .target(
            name: "Histories",
            dependencies: [
                "WaybillCore", "WaybillStore", "WaybillTimeouts", "WaybillEngine", "Waybill", crypto, "CZlib",
            ], swiftSettings: house),
        // A seeded rush of shoppers, in virtual time or against a running engine, and its report.
        .target(
            name: "FlashSale",
            dependencies: [
                "WaybillCore", "WorkflowFile", "Workflows", "WaybillTimeouts", "WaybillEngine", "Waybill", histogram,
            ],
            swiftSettings: house),
        // Tokens, grants, principals: who may do what.
        .target(name: "WaybillAccess", dependencies: ["WaybillCore", crypto], swiftSettings: house),
        // What may be asked of a served order book, as values: one file per operation. Knows no HTTP library.
        .target(
            name: "WaybillAPI",
            dependencies: [
                "WaybillCore", "WorkflowFile", "WaybillBroker", "WaybillEngine", "Waybill", "WaybillAccess", crypto,
            ], swiftSettings: house),
        // What people see: pages made of what operations answer. Knows no HTTP library, and never reads a book itself.
        .target(
            name: "WaybillPages",
            dependencies: ["WaybillCore", "WorkflowFile", "WaybillAPI", "WaybillAccess", crypto],
            resources: [
                .embedInCode("Assets/waybill.css"), .embedInCode("Assets/waybill.js"),
                .embedInCode("Assets/waybill.svg"),
            ],
            swiftSettings: house),
        // The shell: connections, limits, routes from the list. The only target that imports Hummingbird.
        .target(
            name: "WaybillHTTP",
            dependencies: [
                "WaybillCore", "WaybillAPI", "WaybillAccess", "WaybillPages", hummingbird, httpTypes, nioCore, nioPosix,
                nioTLS, nioSSL, nioHTTP1, nioHTTP2, nioHTTPTypes, nioHTTPTypesHTTP2, lifecycle, logging,
            ], swiftSettings: house),
        // gRPC over HTTP/2, serving only. Has never heard of RocketMQ.
        .target(
            name: "GRPCServing",
            dependencies: [nioCore, nioPosix, nioHTTP2, nioHPACK, nioSSL, x509, asn1, crypto, lifecycle, logging],
            swiftSettings: house),
        // What protoc-gen-swift makes of our own description of RocketMQ's protocol, and nothing else: `make proto`.
        .target(name: "RocketMQProto", dependencies: [swiftProtobuf], exclude: ["rocketmq.proto"]),
        // The face for RocketMQ 5 clients: one file per RPC.
        .target(
            name: "RocketMQServer",
            dependencies: [
                "WaybillCore", "WaybillTimeouts", "WaybillBroker", "WaybillEngine", "Waybill", "WaybillAccess",
                "GRPCServing", "RocketMQProto", swiftProtobuf, nioCore, crypto, logging,
            ], swiftSettings: house),
        // Puts them together: starts, stops, falls.
        .target(
            name: "WaybillServer",
            dependencies: [
                "WaybillCore", "WaybillStore", "WaybillEngine", "WaybillTimeouts", "Waybill", "WaybillAPI",
                "WaybillAccess", "WaybillPages", "WaybillHTTP", "GRPCServing", "RocketMQServer", "Histories", lifecycle,
                unixSignals,
                logging, metrics, instrumentation, tracing,
            ], swiftSettings: house),
        // Asks the list of operations in process, over a Unix socket or over TCP.
        .target(
            name: "WaybillClient",
            dependencies: [
                "WaybillCore", "Waybill", "WaybillEngine", "WaybillAccess", "WaybillAPI", httpTypes, nioCore, nioPosix,
                nioTLS, nioSSL, nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1,
            ], swiftSettings: house),
        // Benchmarks with their limits; its bare loops speak to sqlite3 and to Hummingbird directly.
        .target(
            name: "WaybillBench",
            dependencies: [
                "WaybillCore", "WorkflowFile", "Workflows", "WaybillStore", "WaybillTimeouts",
                "WaybillBroker", "WaybillEngine", "Waybill", "ShopModules", "Histories", "FlashSale", "CSQLite",
                "WaybillAccess", "WaybillAPI", "WaybillServer", "GRPCServing", "RocketMQProto", hummingbird, httpTypes,
                nioCore, nioPosix, swiftProtobuf, crypto, logging,
            ],
            swiftSettings: house),
        // The executable `waybill`: one file per noun, and the only composition root.
        .executableTarget(
            name: "WaybillCommand",
            dependencies: [
                "WaybillCore", "WorkflowFile", "Workflows", "WaybillStore", "WaybillTimeouts", "WaybillEngine",
                "Waybill",
                "ShopModules", "Histories", "FlashSale", "WaybillAccess", "WaybillAPI", "WaybillServer",
                "WaybillClient", "WaybillBench", arguments,
            ], swiftSettings: house),

        // What several test targets use: files that are deleted, SQLite's shell, the mug shop.
        .target(name: "Fixtures", path: "Tests/Fixtures", exclude: ["Certificates"], swiftSettings: house),
        .target(
            name: "EngineFixtures",
            dependencies: [
                "Fixtures", "WaybillCore", "WaybillStore", "WaybillTimeouts", "WaybillEngine", "WorkflowFile",
            ],
            path: "Tests/EngineFixtures", swiftSettings: house),

        .testTarget(name: "WaybillCoreTests", dependencies: ["WaybillCore", "WorkflowFile"], swiftSettings: house),
        .testTarget(
            name: "WorkflowFileTests", dependencies: ["WaybillCore", "WorkflowFile", "Workflows"],
            swiftSettings: house),
        .testTarget(
            name: "WaybillStoreTests", dependencies: ["Fixtures", "WaybillCore", "WaybillStore"], swiftSettings: house),
        .testTarget(
            name: "WaybillTimeoutsTests", dependencies: ["WaybillCore", "WaybillTimeouts"], swiftSettings: house),
        .testTarget(
            name: "WaybillEngineTests",
            dependencies: [
                "Fixtures", "EngineFixtures", "WaybillCore", "WaybillStore", "WaybillTimeouts", "WaybillBroker",
                "WaybillEngine",
            ], swiftSettings: house),
        .testTarget(
            name: "WaybillBrokerTests",
            dependencies: [
                "Fixtures", "WaybillCore", "WaybillStore", "WaybillTimeouts", "WaybillBroker", "WaybillEngine",
                "WorkflowFile", "Waybill", "WaybillAPI", "WaybillClient", "WaybillServer", "GRPCServing",
                "RocketMQProto", swiftProtobuf, nioCore, nioPosix, nioHTTP2, nioHPACK,
            ], swiftSettings: house),
        .testTarget(
            name: "WaybillTests",
            dependencies: [
                "Fixtures", "EngineFixtures", "WaybillCore", "WaybillStore", "WaybillTimeouts", "WaybillBroker",
                "WaybillEngine", "WorkflowFile", "Waybill",
            ],
            swiftSettings: house),
        // A library that has names which a program may well use beside ours.
        .target(name: "OtherNames", path: "Tests/OtherNames", swiftSettings: house),
        // A program that imports the face as others do, from outside the package, and has its own names.
        .testTarget(
            name: "OwnNamesTests", dependencies: ["Waybill", "OtherNames"], packageAccess: false,
            swiftSettings: house),
        .testTarget(
            name: "ShopModulesTests", dependencies: ["ShopModules", "Waybill"], swiftSettings: house),
        .testTarget(
            name: "HistoriesTests",
            dependencies: [
                "Fixtures", "WaybillCore", "WaybillStore", "WaybillTimeouts", "WaybillBroker", "WaybillEngine",
                "Waybill", "Histories", "ShopModules", "FlashSale", crypto, "CSQLite",
            ],
            exclude: ["certificate_check.py"], swiftSettings: house),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Fixtures", "WaybillCore", "WaybillStore", "WaybillTimeouts", "WaybillBroker", "WaybillEngine",
                "Waybill", "Histories",
            ], swiftSettings: house),
        .testTarget(
            name: "FlashSaleTests",
            dependencies: [
                "Fixtures", "WaybillCore", "WorkflowFile", "WaybillStore", "WaybillTimeouts", "WaybillEngine",
                "Waybill", "FlashSale",
            ],
            swiftSettings: house),
        .testTarget(
            name: "WaybillBenchTests", dependencies: ["WaybillBench", "WaybillServer", "Waybill"],
            swiftSettings: house),
        // Imports no product code: starts the built executable, kills it, compares.
        .testTarget(
            name: "CrashTests", dependencies: ["WaybillCommand"], exclude: ["Recorder/recorder.c"],
            swiftSettings: house),
        .testTarget(
            name: "WaybillAPITests",
            dependencies: [
                "Fixtures", "WaybillCore", "WaybillTimeouts", "WaybillBroker", "WaybillEngine", "Waybill",
                "WaybillAccess", "WaybillAPI", "WorkflowFile", "Histories",
            ], swiftSettings: house),
        .testTarget(
            name: "WaybillPagesTests",
            dependencies: [
                "WaybillCore", "WaybillTimeouts", "WaybillEngine", "Waybill", "WaybillAccess", "WaybillAPI",
                "WaybillPages",
            ], swiftSettings: house),
        .testTarget(
            name: "GRPCServingTests",
            dependencies: [
                "GRPCServing", nioCore, nioPosix, nioEmbedded, nioHTTP2, nioHPACK, nioSSL, logging, lifecycle,
            ], swiftSettings: house),
        .testTarget(
            name: "RocketMQServerTests",
            dependencies: [
                "Fixtures", "WaybillCore", "WaybillTimeouts", "WaybillBroker", "WaybillEngine", "Waybill",
                "WaybillAccess", "GRPCServing", "RocketMQProto", "RocketMQServer", swiftProtobuf, nioCore, nioEmbedded,
                logging, lifecycle, crypto,
            ], swiftSettings: house),
        .testTarget(
            name: "WaybillServerTests",
            dependencies: [
                "Fixtures", "WaybillCore", "WaybillTimeouts", "WaybillEngine", "Waybill", "WaybillAccess", "WaybillAPI",
                "WaybillHTTP", "WaybillServer", httpTypes, nioCore, nioTLS, nioHTTP1, nioHTTPTypes,
                nioHTTPTypesHTTP1, nioEmbedded, logging, metricsTestKit, instrumentation, tracing, inMemoryTracing,
            ], swiftSettings: house),
        // Imports no product code: starts the built executable, speaks HTTP to it, kills it.
        .testTarget(
            name: "ServedTests", dependencies: ["WaybillCommand"],
            exclude: ["attacks.py", "documents.py", "lossy.py", "shoppers.py", "systemd.sh"],
            swiftSettings: house),
        // Imports no product code: what a person sees who types commands.
        .testTarget(name: "WaybillCommandTests", dependencies: ["WaybillCommand"], swiftSettings: house),
        .testTarget(name: "TidyTests", swiftSettings: house),
    ],
    swiftLanguageModes: [.v6]
)
