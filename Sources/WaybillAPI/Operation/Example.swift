/// A request and its answer, as documentation shows them. A test sends it in virtual time and compares.
package struct Example: Sendable {
    /// What is asked before, so that there is something to ask about.
    package let after: [Step]
    package let step: Step
    package let status: Int
    /// The answer's body; blanks between values are the writer's. Empty: none.
    package let answer: String
    /// Whether the real answer goes on.
    package let isBeginning: Bool

    package init(
        after: [Step] = [], _ step: Step, _ status: Int, _ answer: String = "", isBeginning: Bool = false
    ) {
        self.after = after
        self.step = step
        self.status = status
        self.answer = answer
        self.isBeginning = isBeginning
    }

    /// One request.
    package struct Step: Sendable {
        package let method: Operation.Method
        /// With its query, percent-encoded.
        package let target: String
        package let headers: [(name: RequestHeader, value: String)]
        package let body: String

        package init(
            _ method: Operation.Method, _ target: String, _ headers: [(RequestHeader, String)] = [], body: String = ""
        ) {
            self.method = method
            self.target = target
            self.headers = headers.map { (name: $0.0, value: $0.1) }
            self.body = body
        }
    }
}
