/// Operations and the command line: each operation has a verb that asks for it, or a reason why it has none.
enum OperationRules {
    /// Why no verb asks for an operation.
    static let withoutVerb: [String: String] = [
        "placeOrder": "`order send` places by sendCommand", "listTimeouts": "`timeout list` goes by orders",
        "orderMessages": "`message find --key ORDER` finds them", "stockHistory": "`certify` lists movements",
        "showWorkflow": "`workflow list` and `export` show it", "topicRetention": "for monitors",
        "leave": "a command holds nothing for a client that goes", "whoAmI": "for programs with a token",
        "ready": "for monitors", "alive": "for monitors", "metrics": "for monitors", "openAPI": "for programs",
        "workflowOpenAPI": "for programs", "showProblem": "for programs", "showPoints": "of a module",
        "listCoupons": "of a module", "showCart": "of a module", "listNotices": "of a module",
        "showGiftPack": "of a module", "listModules": "for monitors", "drawWorkflow": "`workflow draw` draws a text",
        "runWorkflow": "`workflow run` runs a text", "showWorkflowSchema": "for programs that make forms",
        "showOverview": "for dashboards", "followOverview": "for dashboards", "followOperation": "for dashboards",
        "showMessage": "`message find --id` shows it", "messageBody": "`message find --id` shows it",
    ]

    /// Operations of the list for which there is neither a verb nor a reason.
    static func unasked(
        in sources: [SourceFile], excepting reasons: [String: String] = withoutVerb
    ) -> [Violation] {
        let asked = sources.filter { $0.target == "WaybillCommand" || $0.target == "WaybillClient" }.map(\.text)
        return sources.filter { $0.target == "WaybillAPI" || $0.path.hasSuffix("Serve/ModuleRoutes.swift") }
            .flatMap { file in
                file.text.matches(of: #/Operation\(\s*"(\w+)",\s*\.(get|post|put|delete),/#).map { String($0.1) }
                    .filter { name in reasons[name] == nil && !asked.contains { $0.contains("\"\(name)\"") } }
                    .map {
                        Violation(path: file.path, line: 1, message: "no verb asks for \($0), and no reason is listed")
                    }
            }
    }

    /// Files with more than one operation: each has one of its own, so that a reader finds it by its name.
    static func crowded(_ sources: [SourceFile]) -> [Violation] {
        sources.filter { $0.target == "WaybillAPI" }.compactMap { file in
            let names = file.text.matches(of: #/static let \w+ = Operation\(\s*"(\w+)"/#).map { String($0.1) }
            guard names.count > 1 else { return nil }
            return Violation(path: file.path, line: 1, message: "several operations: \(names.joined(separator: ", "))")
        }
    }
}
