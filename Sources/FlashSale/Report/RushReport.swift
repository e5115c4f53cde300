/// What came of a rush, in numbers: written as JSON, drawn as a page, compared with another.
package struct RushReport: Codable, Hashable, Sendable {
    /// Raised when a reader of the one before would misunderstand this one.
    static let formatNow = 2

    package var format = Self.formatNow
    package var scenario: Setting
    /// `virtual` or `real`.
    package var time: String
    package var server: Server
    package var totals: Totals
    package var refusals: [Count]
    package var latency: Latency
    package var placements: Latency
    package var opening: Course
    package var whole: Course
    /// The most wanted items; the last one may stand for all others.
    package var items: [Item]
    package var methods: [Count]
    package var timeouts: Timeouts
    package var modules: [Module]
    /// What the shop took of the machine; nil in virtual time, where a report follows from its seed alone.
    package var resources: Resources?
    /// Milliseconds after the opening at which the server died.
    package var crashes: [Int64]
    package var check: Check
    package var capacity: Capacity

    package struct Setting: Codable, Hashable, Sendable {
        package var name: String
        package var title: String
        package var about: String
        package var seed: UInt64
        package var shoppers: Int
        package var items: Int
        package var units: Int64
        package var priceCents: Int64
        package var limit: Int64
        package var opens: String
        package var milliseconds: Int64
        /// How many times as fast as it says the crowd was.
        package var hurry: Int
    }

    package struct Server: Codable, Hashable, Sendable {
        /// In words: how its speed is known.
        package var kind: String
        package var commandsPerSecond: Double
        package var intakeDepthMax: Int
        package var perItemMax: Int
        package var perCallerMax: Int
        package var writeRequestsMax: Int
        package var patienceMilliseconds: Int64
    }

    package struct Totals: Codable, Hashable, Sendable {
        package var shoppers = 0
        package var bots = 0
        package var looks = 0
        package var requests = 0
        package var accepted = 0
        package var acceptedToBots = 0
        package var repeats = 0
        package var refused = 0
        package var unanswered = 0
        package var paid = 0
        package var refundedLate = 0
        package var cancelled = 0
        package var orders = 0
        package var unitsSold: Int64 = 0
        package var unitsReserved: Int64 = 0
        package var unitsFree: Int64 = 0
        package var unitsReceived: Int64 = 0
        package var revenueCents: Int64 = 0
        package var events = 0
        package var messages = 0
        package var intakeDepthMax = 0
    }

    /// How often something happened.
    package struct Count: Codable, Hashable, Sendable {
        package var code: String
        package var title: String
        package var count: Int

        package init(code: String, title: String, count: Int) {
            self.code = code
            self.title = title
            self.count = count
        }
    }

    /// Microseconds that a share of the requests did not exceed.
    package struct Latency: Codable, Hashable, Sendable {
        package var count: Int
        package var p50: Int64
        package var p90: Int64
        package var p99: Int64
        package var p999: Int64
        package var max: Int64
    }

    /// What happened over time: one value per cell.
    package struct Course: Codable, Hashable, Sendable {
        package var cellMilliseconds: Double
        package var shoppers: [Int]
        package var looks: [Int]
        package var requests: [Int]
        package var accepted: [Int]
        package var refused: [Series]
        package var unanswered: [Int]
        package var paid: [Int]
        package var depth: [Int]
        /// Microseconds; nil: nobody was answered.
        package var p50: [Int64?]
        package var p99: [Int64?]
        package var p999: [Int64?]
        package var stockLeft: [Int64?]
        package var due: [Int]
        package var fired: [Int]
        package var lags: [Series]
    }

    package struct Series: Codable, Hashable, Sendable {
        package var code: String
        package var title: String
        package var values: [Int?]
    }

    package struct Item: Codable, Hashable, Sendable {
        package var name: String
        package var asked: Int
        package var accepted: Int
        package var received: Int64
        package var sold: Int64
        package var reserved: Int64
        package var free: Int64
    }

    package struct Timeouts: Codable, Hashable, Sendable {
        package var fired: Int
        package var pending: Int
        package var lateMaxMilliseconds: Int64
        package var earlyMaxMilliseconds: Int64
    }

    package struct Module: Codable, Hashable, Sendable {
        package var name: String
        package var perSecond: Int64
        /// Whether a module that only reads stands in for one that is not known.
        package var standsIn: Bool
        /// Messages that were left after one of its turns, at most; in real time, at a look every half second.
        package var lagMax: Int
        package var lagAtEnd: Int
        /// Messages that it took; in real time those among them that it did not want.
        package var taken: Int
        /// Milliseconds after the opening; nil: never behind.
        package var drainedAt: Int64?
    }

    /// The most that the shop had of it during the rush.
    package struct Resources: Codable, Hashable, Sendable {
        /// Of the process with the shop; in the same process, with the crowd.
        package var memoryBytesMax: Int
        package var walBytesMax: Int
        /// The file when the rush was over.
        package var fileBytes: Int

        package init(memoryBytesMax: Int, walBytesMax: Int, fileBytes: Int) {
            self.memoryBytesMax = memoryBytesMax
            self.walBytesMax = walBytesMax
            self.fileBytes = fileBytes
        }
    }

    /// Whether the shop sold only what it had.
    package struct Check: Codable, Hashable, Sendable {
        package var isSound: Bool
        /// Units promised beyond what there was.
        package var oversold: Int64
        package var eventsChecked: Int
        package var itemsChecked: Int
        /// Answers that were compared with the model's; 0 when there is no model.
        package var answersCompared: Int
        /// Orders that shoppers were told they have, each looked up in the file; 0 in virtual time, where the model
        /// knows.
        package var acknowledgedOrders: Int
        package var findings: [String]
    }

    /// What the same crowd would mean in other sizes.
    package struct Capacity: Codable, Hashable, Sendable {
        package var peakPerSecond: Int
        package var rows: [Row]
        package var survivesTimes: Double
        package var limits: Limits
        package var advice: [String]

        /// What to set the order book's settings of these names to.
        package struct Limits: Codable, Hashable, Sendable {
            package var intakeDepthMax: Int
            package var intakeDepthPerSKUMax: Int
            package var intakeDepthPerCallerMax: Int
        }

        package struct Row: Codable, Hashable, Sendable {
            package var times: Double
            package var peakPerSecond: Int
            package var waitMilliseconds: Double
            package var depth: Int
            package var survives: Bool
        }
    }
}
