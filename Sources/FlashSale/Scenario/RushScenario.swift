package import WaybillCore

/// A rush as its file describes it: who comes, when and for what, and what goes wrong. All chance follows from `seed`.
package struct RushScenario: Hashable, Sendable {
    package var name = ""
    /// One line for people.
    package var title = ""
    package var about = ""
    package var seed: UInt64 = 1
    /// The wall clock of a run in virtual time when the sale opens.
    package var opensAt = Moment(milliseconds: 0)
    package var goods = Goods()
    package var restocks: [Restock] = []
    package var shoppers = 0
    package var arrivals = ArrivalCurve.step(halfLife: .seconds(10), length: .minutes(1), atOnce: Share(0))
    /// How often a shopper looks at the page before pressing the button, on average.
    package var looks = 0
    /// How many of those who see `sold out` go away without trying.
    package var leavesWhenSoldOut = Share(0)
    package var payments = Payments()
    /// How many of those who got a unit give it back before paying.
    package var cancels = Share(0)
    package var duplicates = Duplicates()
    package var bots = Bots()
    package var retries = Retries()
    package var modules: [Module] = []
    package var server = Server()
    package var crashes = Crashes()

    package init() {}
}

/// A part of a whole, from 0 to 1, in millionths: whole numbers are the same on every machine.
package struct Share: Hashable, Sendable {
    package static let whole: UInt64 = 1_000_000
    package let millionths: UInt64

    /// - Parameter millionths: more than the whole counts as the whole.
    package init(_ millionths: UInt64) { self.millionths = min(millionths, Self.whole) }

    package var fraction: Double { Double(millionths) / Double(Self.whole) }
}

extension RushScenario {
    /// What is sold.
    package struct Goods: Hashable, Sendable {
        /// The SKU of the only item, or what the SKUs of several begin with.
        package var name = "item"
        package var count = 1
        /// Units of each item when the sale opens.
        package var units: Int64 = 0
        package var priceCents: Int64 = 0
        /// Units of one item that one buyer may have.
        package var limit: Int64 = 1
        /// The exponent of Zipf's law in thousandths: how much more the first items are wanted than the last. 0: all
        /// alike.
        package var zipfThousandths = 0

        package init() {}

        /// The SKU of the n-th item, from 0.
        package func sku(_ item: Int) -> SKU {
            if count == 1 { return SKU(name) }
            let digits = String(item + 1)
            return SKU(
                name + "-" + String(repeating: "0", count: max(0, String(count).utf8.count - digits.utf8.count))
                    + digits)
        }
    }

    /// More of an item, some time after the opening.
    package struct Restock: Hashable, Sendable {
        package var after: Interval
        /// From 0.
        package var item: Int
        package var units: Int64
    }

    /// What becomes of an order that got its unit.
    package struct Payments: Hashable, Sendable {
        /// Never pays.
        package var abandoned = Share(0)
        /// Pays when the order is closed already.
        package var late = Share(0)
        package var methods: [Method] = []

        /// A way to pay, and how long it takes: the times below which 50, 90 and 99 of 100 payments stay.
        package struct Method: Hashable, Sendable {
            package var name: String
            package var share: Share
            package var p50: Interval
            package var p90: Interval
            package var p99: Interval
        }
    }

    /// What is sent more than once.
    package struct Duplicates: Hashable, Sendable {
        /// A double click: the same request under the same key.
        package var sameKey = Share(0)
        /// An impatient buyer: the same wish under another key, as another order.
        package var otherKey = Share(0)
        /// A payment notice that the provider repeats.
        package var notices = Share(0)
    }

    /// Programs that press the button again and again, whatever the answer.
    package struct Bots: Hashable, Sendable {
        package var share = Share(0)
        package var attempts = 1
        package var every = Interval.seconds(1)
    }

    /// People who try again when they were refused.
    package struct Retries: Hashable, Sendable {
        package var share = Share(0)
        package var times = 0
        package var after = Interval.seconds(1)
    }

    /// Something downstream that takes the orders' messages.
    package struct Module: Hashable, Sendable {
        package var name: String
        package var perSecond: Int64
        /// How many messages its handler fails at when they come for the first time.
        package var fails = Share(0)
        /// When it stands still, after the opening.
        package var down: Outage?

        package struct Outage: Hashable, Sendable {
            package var from: Interval
            package var length: Interval
        }
    }

    /// How fast the engine is taken to be in virtual time, and what bounds it.
    package struct Server: Hashable, Sendable {
        /// What a write costs, however much is in it.
        package var commitMicroseconds: Int64 = 4_000
        /// What a command adds to it.
        package var perCommandMicroseconds: Int64 = 40
        package var intakeDepthMax = 65_536
        /// Of those beyond the next write, how many may wait for one item.
        package var perItemMax = 16_384
        /// Of those beyond the next write, how many may wait of one caller.
        package var perCallerMax = 32_768
        package var writeRequestsMax = 1_024
        /// How long a shopper waits for an answer before thinking ill of the shop: for advice only.
        package var patience = Interval.seconds(2)

        package init() {}

        /// Commands per second when every write is full.
        package var perSecondMax: Double {
            let batch = Double(writeRequestsMax)
            return batch * 1e6 / (Double(commitMicroseconds) + batch * Double(perCommandMicroseconds))
        }
    }

    /// When the server dies, and for how long.
    package struct Crashes: Hashable, Sendable {
        package var at: [Interval] = []
        package var outage = Interval.seconds(1)
    }

    /// The last moment at which anything is expected: all have come, and what they left unpaid is closed.
    package var length: Interval {
        let rest = payments.late.millionths > 0 ? Interval.minutes(27) : .minutes(16)
        return Moment(milliseconds: arrivals.length.milliseconds).advanced(by: rest).since(Moment(milliseconds: 0))
    }
}
