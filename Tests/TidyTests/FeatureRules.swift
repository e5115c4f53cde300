/// A misspelled compiler feature is silently off, so each one is asked for in code.
enum FeatureRules {
    /// Features of the manifest for which no guard stands in `file`.
    static func unguarded(_ features: Set<String>, in file: SourceFile) -> [String] {
        features.filter { feature in
            !file.codeLines.contains { $0.contains("#if !hasFeature(\(feature))") }
        }.sorted()
    }

    /// Targets with code that do not take the one set of settings. Code that a tool writes is not judged.
    static func withoutHouseSettings(_ manifest: Manifest) -> [String] {
        manifest.targets.filter { target in
            target.kind != "systemLibrary" && !target.hasHouseSettings
                && !Repository.generated.contains("Sources/\(target.name)/")
        }.map(\.name)
    }
}
