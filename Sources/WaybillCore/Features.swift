// A misspelled upcoming feature in Package.swift is silently off. These lines turn that into a build error.
#if !hasFeature(ExistentialAny)
    #error("ExistentialAny is off: check the `house` settings in Package.swift")
#endif
#if !hasFeature(InternalImportsByDefault)
    #error("InternalImportsByDefault is off: check the `house` settings in Package.swift")
#endif
#if !hasFeature(MemberImportVisibility)
    #error("MemberImportVisibility is off: check the `house` settings in Package.swift")
#endif
#if !hasFeature(NonisolatedNonsendingByDefault)
    #error("NonisolatedNonsendingByDefault is off: check the `house` settings in Package.swift")
#endif
#if !hasFeature(InferIsolatedConformances)
    #error("InferIsolatedConformances is off: check the `house` settings in Package.swift")
#endif
