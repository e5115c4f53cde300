/// Whether the server lives, takes work, and which one it is.
enum Health {
    static let operations: [Operation] = [
        alive, ready, version, showVitals, listModules, metrics, whoAmI, openAPI, workflowOpenAPI, problem,
    ]
}
