public import Instrumentation
public import Waybill
public import WaybillCore

/// Between swift-distributed-tracing and what an order keeps: a W3C `traceparent`, written and read by the tracer that
/// the program has bootstrapped.
extension OrderCommand {
    /// The same command with the trace context of a span: it is kept with the event, and goes on with its messages and
    /// timeouts. Within `withSpan` it is that of the span.
    ///
    /// - Parameter context: nil, or one that the tracer writes no `traceparent` for: the command stays as it is.
    public func traced(_ context: InstrumentationContext? = .current) -> OrderCommand {
        guard let context, let trace = TraceField.text(of: context, by: InstrumentationSystem.instrument) else {
            return self
        }
        var command = self
        command.trace = trace
        return command
    }
}

extension Delivery {
    /// The trace context of the command that the message follows from, for a link: between the two lies time, so a span
    /// of the delivery is no child of it (`span.addLink`). Nil: it has none, or no tracer reads it.
    public var traceContext: InstrumentationContext? {
        trace.flatMap { TraceField.context(of: $0, by: InstrumentationSystem.instrument) }
    }
}

/// The field of W3C Trace Context that is kept.
enum TraceField {
    private static let name = "traceparent"

    /// What a tracer writes of a context; nil: nothing.
    static func text(of context: InstrumentationContext, by instrument: some Instrument) -> String? {
        var carrier: [String: String] = [:]
        instrument.inject(context, into: &carrier, using: FieldInjector())
        return carrier[name]
    }

    /// What a tracer reads in the field; nil: nothing.
    static func context(of text: Text, by instrument: some Instrument) -> InstrumentationContext? {
        var context = InstrumentationContext.topLevel
        instrument.extract([name: text.string], into: &context, using: FieldExtractor())
        return context.isEmpty ? nil : context
    }
}

private struct FieldInjector: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
        carrier[key.lowercased()] = value
    }
}

private struct FieldExtractor: Extractor {
    func extract(key: String, from carrier: [String: String]) -> String? { carrier[key.lowercased()] }
}
