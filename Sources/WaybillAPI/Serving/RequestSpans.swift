package import WaybillCore

/// Tells the tracer of a program of each request that it serves.
package struct RequestSpans: Sendable {
    /// The span of one request, from the end of its body to its answer.
    package struct Span: Sendable {
        /// Its own `traceparent`, which is kept with what the request does; nil: the caller's is.
        package let trace: Text?
        /// It is answered: with which status, and with which problem.
        package let end: @Sendable (_ status: Int, _ code: ProblemCode?) -> Void

        package init(trace: Text?, end: @escaping @Sendable (_ status: Int, _ code: ProblemCode?) -> Void) {
            self.trace = trace
            self.end = end
        }
    }

    /// Begins the span of a request, as a child of the caller's trace if there is one.
    let begin: @Sendable (_ operation: Operation, _ trace: Text?) -> Span

    package init(begin: @escaping @Sendable (_ operation: Operation, _ trace: Text?) -> Span) {
        self.begin = begin
    }
}
