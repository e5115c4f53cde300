import Foundation
import Waybill

/// The workflow texts of an earlier release, as they are kept for tests.
enum TradeTexts {
    static func before() throws -> [WorkflowText] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Kept/Workflows").standardizedFileURL
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(".yaml") }
            .map { WorkflowText(try String(contentsOf: folder.appending(path: $0), encoding: .utf8), source: $0) }
    }

    /// Names under `commands:`, read as lines: two blanks, a name, a colon.
    static func commands(of text: String) -> [String] {
        let lines = text.split(separator: "\n").drop { $0 != "commands:" }.dropFirst()
        return lines.prefix { $0.hasPrefix(" ") || $0.hasPrefix("#") }.compactMap { line in
            guard line.hasPrefix("  "), !line.hasPrefix("   "), !line.hasPrefix("  #") else { return nil }
            return String(line.dropFirst(2).prefix { $0 != ":" })
        }
    }
}
