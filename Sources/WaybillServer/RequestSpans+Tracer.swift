import Instrumentation
package import Tracing
package import WaybillAPI
import WaybillCore

extension RequestSpans {
    /// The spans of the tracer that the program has bootstrapped; nil: it has none.
    static var ofProgram: RequestSpans? { RequestSpans(InstrumentationSystem.tracer) }

    /// The spans of a tracer, one of kind `server` for each request, named by its operation; nil: it traces nothing.
    package init?(_ tracer: any Tracer) {
        guard !(tracer is NoOpTracer) else { return nil }
        self.init { operation, trace in
            let context = trace.flatMap { TraceField.context(of: $0, by: tracer) } ?? .topLevel
            let span: any Tracing.Span = tracer.startSpan(operation.name, context: context, ofKind: .server)
            span.attributes["http.request.method"] = operation.method.rawValue
            span.attributes["http.route"] = operation.path.text
            return Span(trace: TraceField.text(of: span.context, by: tracer).map { Text($0) }) { status, code in
                span.attributes["http.response.status_code"] = status
                if let code { span.attributes["waybill.code"] = code.rawValue }
                if status >= 500 { span.setStatus(SpanStatus(code: .error)) }
                span.end()
            }
        }
    }
}
