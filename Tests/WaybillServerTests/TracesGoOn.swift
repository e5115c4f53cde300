import Fixtures
import Instrumentation
import Testing
import Waybill
import WaybillCore
import WaybillServer

private enum TraceKey: InstrumentationContextKey {
    typealias Value = String
}

/// Writes and reads the context of a test as `traceparent`.
private struct TestInstrument: Instrument {
    func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        if let trace = context[TraceKey.self] { injector.inject(trace, forKey: "traceparent", into: &carrier) }
    }

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        context[TraceKey.self] = extractor.extract(key: "traceparent", from: carrier)
    }
}

/// A program that embeds the book has a tracer: what it traces goes on with the order.
@Suite struct `A trace` {
    private static let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func `goes from a command to its event, and from there to who gets the message`() async throws {
        InstrumentationSystem.bootstrap(TestInstrument())
        let directory = try TemporaryDirectory()
        let book = try OrderBook.open(directory.file("shop.db"))
        try await book.submit(StockCommand(.receive(9), of: StockKey(sku: "mug")))
        try await book.messages.createGroup("desk")
        let command = OrderCommand(
            "place", of: "o-1",
            data: ["buyer": "ann", "sku": "mug", "at": "", "price_cents": 900, "limit": 2], workflow: "flash-sale")
        #expect(command.traced(nil).trace == nil && command.traced(.topLevel).trace == nil)
        var context = InstrumentationContext.topLevel
        context[TraceKey.self] = Self.trace
        try await book.submit(command.traced(context))
        #expect(try await book.history(of: "o-1")?.first?.trace == Text(Self.trace))
        var delivery: Delivery?
        while delivery == nil { delivery = try await book.messages.receive("desk", Subscription("order")).first }
        #expect(delivery?.traceContext?[TraceKey.self] == Self.trace)
        await book.close()
    }
}
